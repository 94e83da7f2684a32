// The reference: what is said about a leaver, who says it, and how anybody can tell that it is genuine.
//
// One PDF carries everything. Its page is drawn for people; three attachments are for machines:
//
// * `reference.json` holds the RefPassport Standard *record*, the exact bytes that were signed, and the
// *binding*: one
//   statement under the record key that names the domain, the key, the digests of record and credential, the
//   certificate that seals the PDF and the key of the audit ledger. Parts of two references cannot be mixed.
// * `reference.vc.jwt` says the same as a W3C Verifiable Credential.
// * `issue.tlog-proof` shows that the credential's digest stands in the employer's audit ledger.
//
// Around them lies a PAdES B-B certification signature over the whole file. There are two kinds of keys,
// because there are two kinds of readers: an Ed25519 *record key*, whose public half the employer publishes
// in DNS, and an ECDSA *sealing certificate* under a private root, which PDF viewers understand.
//
// A finished PDF is read back and verified before it leaves this module (`Issuer`). Verification
// (`ReferenceVerifier`) reads foreign bytes and is tolerant of nothing: the signature must cover the file to
// its last byte, and the bytes that no signature can cover must be exactly the ones this module writes.
// Every changed byte is therefore found.
//
// The compliance officer's *papers* (`Papers`), a certificate of deletion and a report on a period, are made from the audit
// ledger alone, drawn and sealed in the same way, and signed by the same record key; `SignedPaper` says why none of the
// things it signs can pass for another.
//
// *Gold* means intact, and the key stands in DNS below the employer's domain. *Silver* means intact, but
// nothing outside the file proves who the issuer is, unless the reader pins a root or key of his own.
// Everything else is *invalid*.
