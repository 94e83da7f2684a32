package import Audit

/// What was found out about the whole ledger while a paper was made from it.
package struct LedgerEvidence: Sendable {
  /// The key that signs its checkpoints.
  package let vkey: String
  /// How many entries were read and verified.
  package let entries: Int
  /// The signed checkpoint over exactly these entries.
  package let checkpoint: String
  package let verification: LedgerReport

  package init(vkey: String, entries: Int, checkpoint: String, verification: LedgerReport) {
    self.vkey = vkey
    self.entries = entries
    self.checkpoint = checkpoint
    self.verification = verification
  }

  var json: CanonicalJSON {
    .object([
      "vkey": .string(vkey), "origin": .string((try? NoteVerifier(vkey: vkey).name) ?? ""),
      "entries": .integer(Int64(entries)), "checkpoint": .string(checkpoint),
      "verified": .bool(verification.ok),
      "findings": .array(
        verification.findings.map { finding in
          .object([
            "index": finding.index.map { .integer(Int64($0)) } ?? .null, "text": .string(finding.text),
          ])
        }),
    ])
  }
}
