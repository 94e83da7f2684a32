import Delivery
import Foundation
import GRDB
import Mail

/// By what the remains of one case are known: windows of 16 bytes of its ciphertext, and its wrapped key.
///
/// Kept until the purge is told, with every bit inverted, so that the record itself is no remain.
struct Fingerprints: Sendable, Hashable {
  static let window = 16
  /// The distance between two windows.
  static let stride = 1024

  var ciphertext: [[UInt8]]
  /// Empty if the slot was empty already.
  var slot: [UInt8]

  /// The windows of one sealed part: at every stride, and the last bytes.
  static func windows(of blob: [UInt8]) -> [[UInt8]] {
    guard blob.count >= window else { return [] }
    var starts = Array(Swift.stride(from: 0, through: blob.count - window, by: stride))
    if let last = starts.last, last != blob.count - window { starts.append(blob.count - window) }
    return starts.map { Array(blob[$0..<($0 + window)]) }
  }

  func needles(of id: CaseID) -> [Needle] {
    let slots =
      slot.isEmpty
      ? []
      : Swift.stride(from: 0, to: slot.count - Self.window + 1, by: Self.window)
        .map { Array(slot[$0..<($0 + Self.window)]) } + [Array(slot.suffix(Self.window))]
    return ciphertext.map { Needle("ciphertext", "raw", .raw($0), of: id, strong: true) }
      + slots.map { Needle("slot", "raw", .raw($0), of: id, strong: true) }
  }
}

/// What is remembered of a purge from its first irrevocable step to its entry.
struct PurgeRecord: Sendable {
  let row: Case
  let slot: Int
  /// The sealed parts there were; stands in the entry.
  let scope: [String]
  /// How many files the plaintext scan went through.
  let files: Int
  let prints: Fingerprints

  func insert(into database: Database, at now: Timestamp) throws {
    try database.run(
      "INSERT INTO purgeRecord (caseID, started, scope, files, ciphertext, slot) VALUES (?, ?, ?, ?, ?, ?)",
      [
        Data(row.id.bytes), now.seconds, scope.joined(separator: " "), files,
        Data(prints.ciphertext.joined().map { ~$0 }), Data(prints.slot.map { ~$0 }),
      ])
  }

  /// The record of a case at `purging`; nil if there is none.
  static func fetch(_ id: CaseID, from database: Database) throws -> PurgeRecord? {
    let record = try database.first("SELECT * FROM purgeRecord WHERE caseID = ?", [Data(id.bytes)])
    guard let record, let (row, slot) = try ApplianceStore.find(id, in: database), let slot else {
      return nil
    }
    let bytes = record.bytes("ciphertext").map { ~$0 }
    let windows = Swift.stride(from: 0, to: bytes.count, by: Fingerprints.window)
      .map { Array(bytes[$0..<($0 + Fingerprints.window)]) }
    return PurgeRecord(
      row: row, slot: slot, scope: (record["scope"] as String).split(separator: " ").map(String.init),
      files: record["files"],
      prints: Fingerprints(ciphertext: windows, slot: record.bytes("slot").map { ~$0 }))
  }
}
