/// When entries may be dropped: after the time that the configuration states, with an entry that says so.
///
/// The `config` entries state for how many seconds entries are kept: for longer than a purge may take, so that nothing is
/// dropped that was still to come, and known for that time before the first is dropped, so that nobody can shorten it and
/// drop at once. An `operator` entry with the act `prune` says how far entries were dropped (`upto`, an index that is kept
/// itself) and how many. Times never run back, so the line after the last dropped one shows that all were old enough.
package enum Pruning {
  /// The field of a `config` entry: seconds for which entries are kept; absent: for good.
  package static let promiseField = "entriesKept"
  /// The act of the `operator` entry.
  package static let act = "prune"
  static let uptoField = "upto"
  static let countField = "count"

  /// What an entry says of a pruning.
  package struct Word: Hashable, Sendable {
    /// Every dropped line lies before this index.
    package let upto: Int
    /// How many were dropped.
    package let count: Int

    package init(upto: Int, count: Int) {
      self.upto = upto
      self.count = count
    }

    /// Nil if the entry says no such thing.
    package init?(_ entry: Entry) {
      guard
        entry.event == .operator, entry.fields["act"]?.string == act,
        let upto = entry.fields[uptoField]?.integer, let count = entry.fields[countField]?.integer, upto >= 0, count > 0
      else { return nil }
      self.init(upto: Int(upto), count: Int(count))
    }

    package var fields: [String: CanonicalJSON] {
      ["act": .string(act), uptoField: .integer(Int64(upto)), countField: .integer(Int64(count))]
    }
  }
}

/// What the configuration promises, entry by entry: when a case is purged, and how long its entries are kept.
package struct LedgerPromise: Sendable {
  private var kept: Int64?
  private var since: Int64 = 0
  /// Within how many seconds a case is purged, from its first entry on.
  package private(set) var purgeLatest: Int64?
  /// True once anything was promised at all.
  private(set) var hasBegun = false

  package init() {}

  /// Takes the next `config` entry; others say nothing.
  package mutating func take(_ entry: Entry) {
    guard entry.event == .config else { return }
    hasBegun = true
    purgeLatest = entry.fields[LedgerVerifier.promiseField]?.integer ?? purgeLatest
    let said = entry.fields[Pruning.promiseField]?.integer
    // To keep them for longer takes nobody by surprise.
    if kept.map({ said ?? .max < $0 }) ?? true { since = entry.seconds }
    kept = said
  }

  /// The newest time of an entry that may be dropped now; nil if none may.
  package func limit(at seconds: Int64) -> Int64? {
    guard let kept, let purgeLatest, kept >= purgeLatest + CaseOrder.grace, seconds - since >= kept else { return nil }
    return seconds - kept
  }
}

/// Counts the lines that were dropped, and what later entries say of them.
package struct PruningTally: Sendable {
  /// The last dropped line.
  package private(set) var last: Int?
  private var dropped = 0
  private var told = 0
  private var upto = 0

  package init() {}

  /// Takes a line whose entry was dropped.
  package mutating func drop(_ index: Int) {
    last = index
    dropped += 1
  }

  /// Takes what an entry says.
  package mutating func take(_ word: Pruning.Word) {
    told += word.count
    upto = max(upto, word.upto)
  }

  /// True if as many were dropped as later entries say, and where they say.
  package var isTold: Bool { last.map { $0 < upto && dropped == told } ?? true }
  /// True if they were dropped where entries say, but fewer than those say.
  var isOvertold: Bool { last.map { $0 < upto && dropped < told } ?? false }
}

/// Follows a ledger to tell whether what was dropped might be.
struct PruningCheck {
  private(set) var promise = LedgerPromise()
  private var tally = PruningTally()
  /// The time of the line after the last dropped one.
  private var after: Int64?
  /// Up to which time the newest word was allowed.
  private var latest: Int64?

  /// True if anything was dropped so far.
  var hasPruned: Bool { tally.last != nil }

  /// Takes a line whose entry was dropped; says what is wrong with that here.
  mutating func skip(_ index: Int) -> [String] {
    tally.drop(index)
    after = nil
    return promise.hasBegun ? [] : ["the entry was dropped before any configuration"]
  }

  mutating func take(_ entry: Entry) {
    if hasPruned, after == nil { after = entry.seconds }
    promise.take(entry)
    guard let word = Pruning.Word(entry) else { return }
    tally.take(word)
    latest = promise.limit(at: entry.seconds)
  }

  /// What is wrong when all is read, and at which line.
  var fault: (text: String, index: Int)? {
    guard let last = tally.last else { return nil }
    guard tally.isTold else {
      return tally.isOvertold
        ? ("more entries are said to be dropped than are", last)
        : ("an entry was dropped, here or before, and no later entry says so", last)
    }
    guard let after, let latest, after <= latest else { return ("the entry was dropped before its time", last) }
    return nil
  }
}
