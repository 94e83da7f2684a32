/// When entries may be dropped: whole cases, after the time that the configuration states, with an entry that says so.
///
/// The `config` entries state for how many seconds entries are kept. An `operator` entry with the act `prune` says how far
/// entries were dropped (`upto`, an index that is kept itself). Times never run back, so the line after the last dropped
/// one shows that all of them were old enough.
package enum Pruning {
  /// The field of a `config` entry: seconds for which entries are kept; absent: for good.
  package static let promiseField = "entriesKept"
  /// The act of the `operator` entry.
  package static let act = "prune"
  /// The field of that entry: every dropped line lies before this index.
  package static let uptoField = "upto"

  /// The fields of the entry that tells of `count` dropped entries before `upto`.
  package static func fields(upto: Int, count: Int) -> [String: CanonicalJSON] {
    ["act": .string(act), uptoField: .integer(Int64(upto)), "count": .integer(Int64(count))]
  }

  /// How far an entry says that others were dropped; nil if it says no such thing.
  package static func upto(in entry: Entry) -> Int? {
    guard entry.event == .operator, entry.fields["act"]?.string == act else { return nil }
    return entry.fields[uptoField]?.integer.flatMap { Int(exactly: $0) }
  }
}

/// Follows a ledger to tell whether what was dropped might be.
struct PruningCheck {
  private var kept: Int64?
  private var last: Int?
  /// The time of the line after the last dropped one.
  private var after: Int64?
  /// The newest word of a pruning: how far, and up to which time the configuration allowed it.
  private var word: (upto: Int, latest: Int64)?

  /// True if anything was dropped so far.
  var hasPruned: Bool { last != nil }

  mutating func skip(_ index: Int) {
    last = index
    after = nil
  }

  mutating func take(_ entry: Entry) {
    if last != nil, after == nil { after = entry.seconds }
    if entry.event == .config { kept = entry.fields[Pruning.promiseField]?.integer }
    if let upto = Pruning.upto(in: entry), let kept { word = (upto, entry.seconds - kept) }
  }

  /// What is wrong when all is read, and at which line.
  var fault: (text: String, index: Int)? {
    guard let last else { return nil }
    guard let word, last < word.upto else { return ("the entry was dropped, and no later entry says so", last) }
    guard let after, after <= word.latest else { return ("the entry was dropped before its time", last) }
    return nil
  }
}
