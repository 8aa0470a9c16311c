// Package clock is where the time comes from, so that tests can choose it.
package clock

import "time"

// Clock returns the current instant in UTC, in whole microseconds: what the
// database keeps is what was said.
type Clock func() time.Time

// System is the machine's clock.
func System() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }

// Fixed always returns t.
func Fixed(t time.Time) Clock { return func() time.Time { return t } }
