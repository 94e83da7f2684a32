import Audit
import Cryptography
import Delivery
import Foundation
import GRDB
import Mail
import Synchronization

/// The keys of the lookup tags, one a quarter, each in a slot of `keys.slots` beside those of the cases, so that
/// overwriting 64 bytes unlinks all tags of the quarter from their addresses.
final class LookupKeys: Sendable {
  private let slots: SlotFile
  /// Seconds after the end of a quarter at which its key is destroyed; 0 makes no tags and keeps no key.
  private let retention: Int64
  /// The newest key; kept here too since the step that made it may be rolled back, after which its slot must not stay
  /// without an owner.
  private let newest = Mutex<Held?>(nil)

  private struct Held {
    var epoch: Epoch
    var slot: Int
    var key: SecretKey
  }

  init(_ slots: SlotFile, retention: Int64) {
    self.slots = slots
    self.retention = retention
  }

  /// The tag of an address at a time, by the quarter's key, which is made if there is none; nil if tags are not wanted.
  func tag(of address: Address, at now: Timestamp, in database: Database) throws -> String? {
    guard retention > 0 else { return nil }
    return Commitment.lookupTag(
      epochKey: try key(of: Epoch(of: now), in: database), normalised: address.normalised)
  }

  /// The key of a quarter, made if there is none.
  func key(of epoch: Epoch, in database: Database) throws -> SecretKey {
    try newest.withLock { newest in
      if let slot = try Self.slot(of: epoch, in: database) {
        if let newest, newest.slot == slot, newest.epoch == epoch { return newest.key }
        let key = try slots.key(at: slot, for: epoch.slotOwner)
        newest = Held(epoch: epoch, slot: slot, key: key)
        return key
      }
      let held: Held
      if let newest, newest.epoch == epoch {
        held = newest
      } else {
        let key = SecretKey(randomOfSize: AES256GCM.keySize)
        held = Held(epoch: epoch, slot: try slots.store(key, for: epoch.slotOwner), key: key)
      }
      newest = held
      try database.run("INSERT INTO epoch (quarter, slot) VALUES (?, ?)", [epoch.description, held.slot])
      return held.key
    }
  }

  /// The quarters whose keys still open, oldest first, with the tag that each gives the address.
  func tags(of address: Address, in database: Database) throws -> [(epoch: Epoch, tag: String)] {
    try Self.all(in: database).compactMap { epoch, slot in
      guard let key = try? slots.key(at: slot, for: epoch.slotOwner) else { return nil }
      return (epoch, Commitment.lookupTag(epochKey: key, normalised: address.normalised))
    }
  }

  /// The quarters whose keys do not open, though they should.
  func lost(in database: Database) throws -> [Epoch] {
    try Self.all(in: database).filter { (try? slots.key(at: $0.slot, for: $0.epoch.slotOwner)) == nil }.map(\.epoch)
  }

  /// The quarters whose time is over, with their slots.
  func due(at now: Timestamp, in database: Database) throws -> [(epoch: Epoch, slot: Int)] {
    try Self.all(in: database).filter { retention <= 0 || now >= $0.epoch.end + retention }
  }

  /// Overwrites the keys; their rows may follow.
  func kill(_ due: [(epoch: Epoch, slot: Int)]) throws {
    newest.withLock { newest in
      if let held = newest, due.contains(where: { $0.epoch == held.epoch }) { newest = nil }
    }
    try slots.kill(due.map(\.slot))
  }

  /// All quarters that have a key, oldest first.
  static func all(in database: Database) throws -> [(epoch: Epoch, slot: Int)] {
    try database.all("SELECT quarter, slot FROM epoch ORDER BY quarter").map { row in
      guard let epoch = Epoch(row["quarter"]) else { throw StoreError.unreadableRow(table: "epoch") }
      return (epoch, row["slot"])
    }
  }

  private static func slot(of epoch: Epoch, in database: Database) throws -> Int? {
    try database.first("SELECT slot FROM epoch WHERE quarter = ?", [epoch.description])?["slot"]
  }
}

extension Epoch {
  /// The 16 bytes that bind a slot to it, in the place of a case's number.
  fileprivate var slotOwner: CaseID {
    let hash = SHA256.hash(Array("refpassport/epoch/\(self)".utf8))
    guard let owner = CaseID(bytes: Array(hash.prefix(CaseID.length))) else {
      preconditionFailure("A hash is longer than a case's number.")
    }
    return owner
  }
}
