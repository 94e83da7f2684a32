import Audit
import Cryptography
import Delivery

// How a stranger verifies a paper, with tools that are not ours.
extension PaperWords {
  static let howToVerify = "How to verify this paper"

  /// What the seal was made for, as PDF viewers show it; ASCII.
  static func reason(_ kind: PaperKind) -> String {
    switch kind {
    case .certificate: "Deletion certified"
    case .report: "Audit report made"
    }
  }

  static func verification(_ kind: PaperKind, of ledger: LedgerEvidence, by issuer: PaperIssuer) -> [PaperPart] {
    let key = Base64Standard.encode(issuer.keys.record.publicKey.raw)
    return [
      .list(
        [
          "The seal: “pdfsig FILE” must say that the signature is valid and that the total document is signed. The root "
            + "certificate in the seal has the SHA-256 fingerprint \(Hex.encode(SHA256.hash(issuer.keys.root.der))).",
          "The contents: “pdfdetach -saveall FILE” takes the attachments out. \(kind.jsonName) states the same as these "
            + "pages, and is signed by the organisation’s key in DNS: “dig +short TXT "
            + "\(issuer.selector.dnsName(below: issuer.organisation.domain))” must show p=\(key). The lines below check it "
            + "with openssl alone. The member “note” vouches for the same bytes under the ledger’s key.",
          attachments(kind),
          "All of it at once, offline: “refpassport audit verify FILE --root root.pem --vkey KEY”. The root and the "
            + "verifier key should have reached you on another way than this paper; every reference prints the key. "
            + "It is: \(ledger.vkey)",
        ], isNumbered: true),
      .literal(commands(kind, key)),
    ]
  }

  private static func attachments(_ kind: PaperKind) -> String {
    switch kind {
    case .certificate:
      "The purge: \(PaperKind.purgeProofName) holds the entry, byte for byte, and shows that it stands in the ledger. "
        + "“refpassport audit verify \(PaperKind.purgeProofName) --vkey KEY”, or any program for c2sp.org/tlog-proof."
    case .report:
      "The ledger: \(PaperKind.checkpointName) is its signed head when this was written. If the period has a beginning and "
        + "an end in the ledger, “refpassport audit verify \(PaperKind.growthName) --held \(PaperKind.startName) --vkey "
        + "KEY” shows that nothing was changed in between. Who holds an export of the ledger can count everything again."
    }
  }

  /// The prefix of the key file is that of RFC 8410.
  private static func commands(_ kind: PaperKind, _ key: String) -> String {
    """
    sed 's/.*"signed":"\\([^"]*\\)".*/\\1/' \(kind.jsonName) | openssl base64 -d -A > signed.bin
    sed 's/.*"signature":"\\([^"]*\\)".*/\\1/' \(kind.jsonName) | openssl base64 -d -A > signature.bin
    echo \(key) | openssl base64 -d -A > key.raw
    (printf '\\060\\052\\060\\005\\006\\003\\053\\145\\160\\003\\041\\000'; cat key.raw) > key.der
    openssl pkeyutl -verify -pubin -keyform DER -inkey key.der -rawin -in signed.bin -sigfile signature.bin
    """
  }
}
