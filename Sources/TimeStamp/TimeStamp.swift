// Asks a timestamp authority (RFC 3161) when some bytes existed, and believes no answer that it has not checked.
//
// A signed checkpoint shows what the ledger held, and the officer's mailbox since when. The token of an authority shows
// the latter to somebody who trusts neither the officer nor us.
//
// * `TimestampQuery` is the question: a SHA-256 digest and a nonce, made here. Nothing else of the bytes leaves the house.
// * `TimestampRoots` are the certificates that must have issued the authority's. They alone are trusted: neither the
//   system's, nor whoever answers at the address.
// * `TimestampVerifier` decides on an answer: granted, of this digest, of this query, signed by a certificate for nothing
//   but timestamps that the roots issued. The work is that of OpenSSL's TS_RESP_verify_response.
// * `HTTPTimestampAuthority` carries query and answer by libcurl (RFC 3161 §3.4). Plain HTTP will do: what is told is
//   no secret, and what is answered is signed.
//
// An answer is foreign bytes: at most 64 KiB, one DER value and nothing behind it.
