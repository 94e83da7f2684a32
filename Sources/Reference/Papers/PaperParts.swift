import Audit
import Cryptography
import Mail

/// The parts of a paper's statement that bear signatures of their own, taken out and read.
struct PaperParts {
  let signed: SignedPaper
  let made: Timestamp
  let key: Ed25519.PublicKey
  /// SHA-256 of the sealing certificate and of its root, as the statement names them.
  let certificate: [UInt8]
  let root: [UInt8]
  let vkey: String
  private let verifier: NoteVerifier
  private let ledger: CanonicalJSON

  /// Throws `.malformed` if the statement lacks what every paper has.
  init(_ signed: SignedPaper) throws {
    let paper = signed.paper
    guard
      let made = paper["made"]?.string.flatMap({ Timestamp(iso8601: $0) }), let issuer = paper["issuer"],
      let key = issuer["publicKey"]?.string.flatMap({ Base64Standard.decode($0) }).flatMap({
        try? Ed25519.PublicKey(raw: $0)
      }),
      let certificate = issuer["certificate"]?.string.flatMap({ Hex.decode($0) }),
      let root = issuer["root"]?.string.flatMap({ Hex.decode($0) }), let ledger = paper["ledger"],
      let vkey = ledger["vkey"]?.string, let verifier = try? NoteVerifier(vkey: vkey)
    else { throw ReferenceError.malformed(part: "paper", reason: "a member is missing or of the wrong kind") }
    (self.signed, self.made, self.key, self.certificate, self.root) = (signed, made, key, certificate, root)
    (self.vkey, self.verifier, self.ledger) = (vkey, verifier, ledger)
  }

  /// The files that belong into the PDF beside the statement.
  var attachments: [String: [UInt8]] {
    func bytes(_ value: CanonicalJSON?) -> [UInt8]? { value?.string.map { Array($0.utf8) } }
    let paper = signed.paper
    switch signed.kind {
    case .certificate:
      return [PaperKind.purgeProofName: bytes(paper["receipt"])].compactMapValues(\.self)
    case .report:
      var files = [PaperKind.checkpointName: bytes(ledger["checkpoint"])]
      if let growth = bytes(paper["checkpoints"]?["growth"]) {
        files[PaperKind.growthName] = growth
        files[PaperKind.startName] = bytes(paper["checkpoints"]?["start"])
      }
      return files.compactMapValues(\.self)
    }
  }

  /// Checks everything that needs nothing but the statement.
  func check(_ findings: inout Findings) {
    findings.note(
      .record, signed.isSigned(by: key), "the statement is signed by the record key in it",
      else: "the signature of the statement is wrong")
    let holds = signed.kind == .certificate ? receiptHolds : checkpointsHold
    findings.note(
      .ledger, signed.isVouched(by: verifier) && headHolds && holds,
      signed.kind == .certificate
        ? "the ledger’s key vouches for it, and the purge stands in the ledger as it says"
        : "the ledger’s key vouches for it, and the checkpoints are the ledger’s",
      else: "the ledger does not prove what the paper states of it")
  }

  private var headHolds: Bool {
    guard let head = checkpoint(ledger["checkpoint"]) else { return false }
    return Int64(head.size) == ledger["entries"]?.integer
  }

  /// The receipt's entry is the purge of this case, and says what the certificate says of it.
  private var receiptHolds: Bool {
    let paper = signed.paper
    guard
      let proof = paper["receipt"]?.string.flatMap({ try? TlogProof(parsing: $0) }), let bytes = proof.extra,
      (try? proof.verify(entryBytes: bytes, by: verifier)) != nil, let entry = try? Entry(parsing: bytes),
      entry.event == .purge, let id = entry.case, paper["case"]?.string == id, let purge = paper["purge"]
    else { return false }
    return purge["index"]?.integer == Int64(proof.index)
      && purge["time"] == .time(entry.seconds) && purge["after"] == entry.fields["after"]
      && purge["how"]?.string == entry.fields["how"]?.string ?? ""
      && purge["scope"] == entry.fields["scope"] && purge["slot"]?.integer == entry.fields["slot"]?.integer
      && purge["files"] == entry.fields["scan"]?["files"] && purge["hits"] == entry.fields["scan"]?["hits"]
  }

  private var checkpointsHold: Bool {
    guard let checkpoints = signed.paper["checkpoints"] else { return false }
    for name in ["start", "end"] where checkpoints[name] != .null {
      guard checkpoint(checkpoints[name]) != nil else { return false }
    }
    guard let growth = checkpoints["growth"]?.string else { return checkpoints["growth"] == .null }
    guard
      let proof = try? ConsistencyProof(parsing: growth), let start = checkpoint(checkpoints["start"]),
      proof.checkpoint.serialised == checkpoints["end"]?.string
    else { return false }
    return (try? proof.verify(since: start, by: verifier)) != nil
  }

  private func checkpoint(_ note: CanonicalJSON?) -> Checkpoint? {
    guard let text = note?.string, let note = try? SignedNote(parsing: text) else { return nil }
    return try? verifier.checkpoint(in: note)
  }
}
