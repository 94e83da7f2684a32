import Audit
import Delivery
import Foundation
import Store

/// The files of an export, from the store or from a directory.
struct LedgerFiles {
  let entries: [[UInt8]]
  let checkpoint: String
  let vkey: String
  /// The timestamp of the checkpoint, if it bears one.
  let timestamp: [UInt8]?

  private static let always = ["ledger.jsonl", "checkpoint.txt", "vkey.txt"]
  /// Beside `checkpoint.txt`.
  static let timestampName = "checkpoint.tsr"

  var names: [String] { Self.always + (timestamp == nil ? [] : [Self.timestampName]) }

  /// As the newest checkpoint of a store signs them.
  init(reader: ApplianceStore) throws {
    guard let (entries, checkpoint) = try reader.signedEntries(), let vkey = try reader.ledgerKey() else {
      throw Self.noCheckpoint
    }
    self.entries = entries
    self.checkpoint = checkpoint.note
    self.vkey = vkey
    timestamp = try reader.timestamp(over: checkpoint.size)?.reply
  }

  private static let noCheckpoint = CommandFailure(
    .no, "The ledger has no checkpoint yet: `refpassport run --once` makes one.")

  /// The newest checkpoint of a store, and the key that signs it.
  static func head(of reader: ApplianceStore) throws -> (checkpoint: KeptCheckpoint, vkey: String) {
    guard let checkpoint = try reader.lastCheckpoint(), let vkey = try reader.ledgerKey() else { throw noCheckpoint }
    return (checkpoint, vkey)
  }

  /// As somebody exported them.
  init(directory: String) throws {
    let ledger = [UInt8](try Self.data(directory + "/ledger.jsonl"))
    entries = ledger.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
      .dropLast(ledger.last == UInt8(ascii: "\n") || ledger.isEmpty ? 1 : 0)
    checkpoint = try Self.text(directory + "/checkpoint.txt")
    vkey = try Self.text(directory + "/vkey.txt").trimmingCharacters(in: .whitespacesAndNewlines)
    timestamp = try TimestampFile.beside(directory + "/checkpoint.txt")
  }

  /// Writes the files; the directory is made if it is missing, and the timestamp of another checkpoint does not stay.
  func write(to directory: String) throws {
    let contents =
      [entries.flatMap { $0 + [UInt8(ascii: "\n")] }, Array(checkpoint.utf8), Array((vkey + "\n").utf8)]
      + (timestamp.map { [$0] } ?? [])
    do {
      let files = FileManager.default
      try files.createDirectory(atPath: directory, withIntermediateDirectories: true)
      let stale = directory + "/" + Self.timestampName
      if files.fileExists(atPath: stale) { try files.removeItem(atPath: stale) }
      for (name, bytes) in zip(names, contents) {
        try Data(bytes).write(to: URL(filePath: directory).appending(path: name), options: .atomic)
      }
    } catch {
      throw CommandFailure(.outside, "\(directory) cannot be written: does its parent exist, and may you write there?")
    }
  }

  static func isDirectory(_ path: String) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
  }

  static func text(_ path: String) throws -> String { String(decoding: try data(path), as: UTF8.self) }

  private static func data(_ path: String) throws -> Data {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw CommandFailure(.usage, "\(path) cannot be read: is it there, and may you read it?")
    }
    return data
  }
}
