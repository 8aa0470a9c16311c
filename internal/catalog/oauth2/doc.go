// Package oauth2 is the noun of other programs that act for people: clients,
// the codes that they are given, and the tokens that they get for those
// (RFC 6749, 7009, 7636; the advice of RFC 9700).
//
// A client without a secret is public and proves with PKCE that it is the one
// that asked. A code works once: who brings it again ends all tokens that came
// of it, and so does who brings a refresh token again. The database keeps
// keyed hashes of secrets, codes and tokens, never themselves.
package oauth2
