import Delivery
import Foundation
import GRDB
import Mail

/// By what the remains of one case are known: windows of 16 bytes of its ciphertext and of its wrapped key.
///
/// Kept until the purge is told, with every bit inverted, so that the record itself is no remain. Of the wrapped key only
/// both ends are kept: the 28 bytes of key between them stand nowhere but in the slot, so that no trace of the record, in
/// a log of SQLite's or in a copy of the database, opens anything.
struct Fingerprints: Sendable, Hashable {
  static let window = 16
  /// The distance between two windows.
  static let stride = 1024

  var ciphertext: [[UInt8]]
  /// Empty if the slot was empty already.
  var slot: [[UInt8]]

  /// The windows of a wrapped key: nonce and four bytes of the key, and the authentication tag.
  static func ends(ofSlot wrapped: [UInt8]) -> [[UInt8]] {
    guard wrapped.count == SlotFile.wrappedSize else { return [] }
    return [Array(wrapped.prefix(window)), Array(wrapped.suffix(window))]
  }

  /// The windows of one sealed part: at every stride, and the last bytes.
  static func windows(of blob: [UInt8]) -> [[UInt8]] {
    guard blob.count >= window else { return [] }
    var starts = Array(Swift.stride(from: 0, through: blob.count - window, by: stride))
    if let last = starts.last, last != blob.count - window { starts.append(blob.count - window) }
    return starts.map { Array(blob[$0..<($0 + window)]) }
  }

  func needles(of id: CaseID) -> [Needle] {
    ciphertext.map { Needle("ciphertext", "raw", .raw($0), of: id, strong: true) }
      + slot.map { Needle("slot", "raw", .raw($0), of: id, strong: true) }
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
        Data(prints.ciphertext.joined().map { ~$0 }), Data(prints.slot.joined().map { ~$0 }),
      ])
  }

  /// The record of a case at `purging`; nil if there is none.
  static func fetch(_ id: CaseID, from database: Database) throws -> PurgeRecord? {
    let record = try database.first("SELECT * FROM purgeRecord WHERE caseID = ?", [Data(id.bytes)])
    guard let record, let (row, slot) = try ApplianceStore.find(id, in: database), let slot else {
      return nil
    }
    func windows(_ column: String) -> [[UInt8]] {
      let bytes = record.bytes(column).map { ~$0 }
      return Swift.stride(from: 0, to: bytes.count, by: Fingerprints.window)
        .map { Array(bytes[$0..<($0 + Fingerprints.window)]) }
    }
    return PurgeRecord(
      row: row, slot: slot, scope: (record["scope"] as String).split(separator: " ").map(String.init),
      files: record["files"],
      prints: Fingerprints(ciphertext: windows("ciphertext"), slot: windows("slot")))
  }
}
