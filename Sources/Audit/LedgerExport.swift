/// The ledger as it is handed to an auditor: three files that need nothing else to be checked.
///
/// `ledger.jsonl` holds one entry a line exactly as hashed, `checkpoint.txt` the signed head over all of them,
/// `vkey.txt` the key that signs it. The auditor takes the key from elsewhere, or compares it.
package struct LedgerExport: Hashable, Sendable {
  /// The entries in order, each as stored.
  package let entries: [[UInt8]]
  /// The signed note with the checkpoint.
  package let checkpoint: String
  /// The vkey, without a line feed.
  package let vkey: String

  /// An export of these entries.
  package init(entries: [[UInt8]], checkpoint: String, vkey: String) {
    self.entries = entries
    self.checkpoint = checkpoint
    self.vkey = vkey
  }

  /// Reads the contents of the three files; whether they are right is for `verify` to say.
  package init(ledger: [UInt8], checkpoint: String, vkey: String) {
    var lines = ledger.split(separator: 0x0A, omittingEmptySubsequences: false)
    if lines.last?.isEmpty == true { lines.removeLast() }
    entries = lines.map { Array($0) }
    self.checkpoint = checkpoint
    self.vkey = vkey.utf8.last == 0x0A ? String(decoding: vkey.utf8.dropLast(), as: UTF8.self) : vkey
  }

  /// The files to write: name and contents.
  package var files: [(name: String, bytes: [UInt8])] {
    var ledger: [UInt8] = []
    ledger.reserveCapacity(entries.reduce(0) { $0 + $1.count + 1 })
    for entry in entries {
      ledger += entry
      ledger.append(0x0A)
    }
    return [
      ("ledger.jsonl", ledger), ("checkpoint.txt", Array(checkpoint.utf8)),
      ("vkey.txt", Array("\(vkey)\n".utf8)),
    ]
  }

  /// Checks everything a stranger can check; see `LedgerVerifier`.
  package func verify(held: [String] = []) -> LedgerReport {
    LedgerVerifier.verify(entries: entries, checkpoint: checkpoint, vkey: vkey, held: held)
  }
}
