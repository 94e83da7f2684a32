import Audit
import Cryptography
import Delivery
import Foundation
import Logging
import Mail
import Store
import Synchronization

/// Measures the purge of 1 and of 100 cases in ledgers of several lengths: `purge DIRECTORY [ENTRIES…]`.
///
/// Prints one line of JSON for each length and batch; times in seconds, the two scans and all else apart. `scan_to_read`
/// compares the scans with reading the same files twice, which no search of every byte can go without.
@main
enum Purge {
  static let kek = SecretKey(Randomness.bytes(32))
  static let quiet = Logger(label: "purge", factory: { _ in SwiftLogNoOpLogHandler() })
  static let now = SystemClock().now()

  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let lengths = arguments.dropFirst().compactMap { Int($0) }
    guard let directory = arguments.first, lengths.count == arguments.count - 1 else {
      print("usage: purge DIRECTORY [ENTRIES…]")
      exit(2)
    }
    for length in lengths.isEmpty ? [10, 10_000, 1_000_000] : lengths {
      let path = "\(directory)/\(length)"
      let store = try ApplianceStore.open(
        dataDirectory: path, kek: kek, signer: .generate(), origin: "acme.example/refpassport/1", logger: quiet)
      for batch in stride(from: 0, to: length, by: 1000) {
        try store.append(
          (batch..<min(batch + 1000, length)).map { EntryDraft(.operator, ["number": .integer(Int64($0))]) }, at: now)
      }
      for batch in [1, 100] {
        // The second time what the first one touched is in memory, as it is in a daemon.
        _ = try measure(batch, in: store, at: path)
        print(try measure(batch, in: store, at: path))
      }
    }
  }

  private static func measure(_ batch: Int, in store: ApplianceStore, at path: String) throws -> String {
    let cases = try (0..<batch).map { _ in try closed(in: store) }
    let marks = Mutex<[(step: PurgeStep, at: ContinuousClock.Instant)]>([])
    let start = ContinuousClock.now
    let results = try store.purge(cases, at: now) { step in marks.withLock { $0.append((step, .now)) } }
    guard results.count == batch, results.allSatisfy(\.purged) else { fatalError("the purge is not clean") }
    var figures: [String: Double] = ["entries": Double(try store.size()), "cases": Double(batch)]
    var last = start
    for (step, time) in marks.withLock({ $0 }) {
      let isScan = step == .scanPlaintext || step == .scanCiphertext
      figures[isScan ? "scan" : "rest", default: 0] += seconds(time - last)
      last = time
    }
    let (bytes, read) = try reading(path)
    figures["megabytes"] = Double(bytes) / 1e6
    figures["scan_to_read"] = (figures["scan"] ?? 0) / (2 * read)
    figures["rest_a_case"] = (figures["rest"] ?? 0) / Double(batch)
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return String(decoding: try encoder.encode(figures.mapValues { ($0 * 1e5).rounded() / 1e5 }), as: UTF8.self)
  }

  /// A cancelled case with parts of the usual length.
  private static func closed(in store: ApplianceStore) throws -> Case {
    let id = CaseID.random()
    let mark = Array(id.bytes)
    let name = "Leaver \(Hex.encode(mark))"
    let facts = LeaverFacts(
      name: name, title: "Cartographer of \(Hex.encode(Array(mark.prefix(4))))", department: nil, start: nil, end: nil,
      workEmail: "\(Hex.encode(mark))@acme.example")
    let row = Case(id: id, stage: .detected, opened: now, since: now)
    try store.open(
      NewCase(
        row: row,
        departure: Departure(person: PersonMark(bytes: mark), termination: ValueMark(bytes: mark), start: nil),
        seal: [
          .facts: try CaseVault.encode(facts), .employee: mark, .salt: Randomness.bytes(32),
          .document: Randomness.bytes(45_000), .mail: Randomness.bytes(70_000),
        ], entries: [EntryDraft(.detect, case: id, ["from": "bob"])]), at: now)
    let change = try row.moved(by: .cancel, at: now) { $0.ground = .cancel }
    try store.commit(change, at: now)
    return change.committed
  }

  /// How many bytes the directory holds, and how long reading them takes.
  private static func reading(_ path: String) throws -> (bytes: Int, seconds: Double) {
    var bytes = 0
    let time = try ContinuousClock().measure {
      for name in try FileManager.default.contentsOfDirectory(atPath: path) where !name.hasSuffix("-shm") {
        bytes += FileManager.default.contents(atPath: "\(path)/\(name)")?.count ?? 0
      }
    }
    return (bytes, seconds(time))
  }

  private static func seconds(_ time: Duration) -> Double {
    Double(time.components.seconds) + Double(time.components.attoseconds) / 1e18
  }
}
