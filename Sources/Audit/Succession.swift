import Cryptography

/// What a `restore` entry without a case cites: the last checkpoint of the ledger that this one goes on from.
///
/// A ledger that came back from a backup goes on under another log id and key. Its first new entry cites the head of what
/// came back, which is the tree of all entries before it; so nobody can pass a shortened ledger off as the old one, and
/// whoever holds a checkpoint of the old one from then or earlier can still hold the new one to it.
package struct Succession: Hashable, Sendable {
  /// The head of what came back, under the name of the old ledger.
  package let checkpoint: Checkpoint
  /// How many entries the old ledger is known to have had; nil if nobody could say.
  package let known: Int?

  package init(from checkpoint: Checkpoint, known: Int?) {
    self.checkpoint = checkpoint
    self.known = known
  }

  /// Nil if the entry tells of something else.
  package init?(_ entry: Entry) {
    guard
      entry.event == .restore, entry.case == nil, let origin = entry.fields["from"]?.string,
      let size = entry.fields["size"]?.integer.flatMap({ Int(exactly: $0) }),
      let root = entry.fields["root"]?.string.flatMap({ Base64URL.decode($0) }),
      let checkpoint = try? Checkpoint(origin: origin, size: size, root: root)
    else { return nil }
    self.checkpoint = checkpoint
    known = entry.fields["known"]?.integer.flatMap { Int(exactly: $0) }
  }

  /// The fields of the entry.
  package var fields: [String: CanonicalJSON] {
    var fields: [String: CanonicalJSON] = [
      "from": .string(checkpoint.origin), "size": .integer(Int64(checkpoint.size)),
      "root": .string(Base64URL.encode(checkpoint.root)),
    ]
    fields["known"] = known.map { .integer(Int64($0)) }
    return fields
  }
}
