/// The steps of a purge, in their order.
///
/// Each may be repeated; a crash between any two is taken up from the purge record.
package enum PurgeStep: String, Sendable, Hashable, CaseIterable {
  /// While the key still opens the case: no file of ours may hold a fact of it in clear, in any encoding.
  case scanPlaintext
  /// Fingerprints of ciphertext and slot are kept, and the case stands at `purging`: only forward from here.
  case record
  /// The key is overwritten in place. From here on no copy of the ciphertext, wherever it is, can be opened.
  case shred
  /// The rows go: sealed parts and attempts. The case's own row stays; nothing in it is personal.
  case delete
  /// What SQLite still keeps in its write-ahead log goes.
  case truncate
  /// No file of ours may hold a window of the ciphertext or of the slot.
  case scanCiphertext
  /// Only if that scan found something: SQLite may leave bytes in gaps between rows (1 deletion of 400, measured), and
  /// writing the file anew closes the gaps. The scan is then repeated, once.
  case vacuum
  /// The `purge` entry, the stage `purged` and the end of the record: one transaction.
  case tell
  /// The ledger's head is signed.
  case checkpoint
}
