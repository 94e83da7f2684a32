// What a mail is: addresses, envelopes, messages as bytes, and the replies of a relay.
//
// * Everything here is a value that can only exist right. Text of people and of relays becomes an `Address`, a `Header`,
//   a `Reply` at the edge, or an error that holds nothing of the text; from then on no CR, LF or NUL can be in it. libcurl
//   would pass such bytes to the wire, so this is where injection ends.
// * Bytes are CRLF, 7-bit clean and short-lined by construction: no relay needs to rewrite them, so that signatures and
//   hashes made over them hold at the other end.
// * Addresses are redacted wherever a value describes itself.
// * The module imports the standard library only, so that it can be fuzzed alone.
