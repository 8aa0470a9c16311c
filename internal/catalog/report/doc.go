// Package report is the noun of what people tell the portal's sysadmins about
// an object: that it is spam, illegal, or shows what it should not.
//
// Anyone may report an object that they may see, also without an account.
// Only sysadmins read reports; a report is handled when one of them dismisses
// it, or when its object was deleted. A report outlives its object: it keeps
// the title that the object had.
//
// That objects were deleted is read from the event log.
package report
