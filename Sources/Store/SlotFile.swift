import Cryptography
import Delivery
import Glibc
import Synchronization

/// `keys.slots`: the keys of the open cases, each wrapped by the key-encryption key in a place of its own that can be
/// overwritten; destroying 64 bytes here makes every copy of a case's ciphertext unreadable, wherever it lies.
///
/// The file is a row of 64-byte blocks. Block 0 tells whether a key-encryption key is the right one; slot *n* is block
/// *n* + 1: `AES-256-GCM(KEK, case key, "slot" ‖ n ‖ case number)`, 60 bytes, then the state, 4 bytes. A free slot is all
/// zeros. The file grows by whole blocks of zeros written beforehand, so that a key is always written in place.
final class SlotFile: Sendable {
  static let slotSize = 64
  static let wrappedSize = AES256GCM.keySize + AES256GCM.overhead
  /// How many slots the file grows by.
  static let growth = 64
  private static let used = Array("USED".utf8)
  private static let magic = Array("refpassport/slot".utf8)
  private static let checkText = Array("key check value ".utf8)

  /// Writes through it are durable when they return.
  private let descriptor: Descriptor
  /// Writes through it are durable after `synchronise`: for killing many slots in one round.
  private let batch: Descriptor
  private let kek: SecretKey
  private let state: Mutex<State>

  private struct State {
    var count: Int
    /// Free slots, the lowest last.
    var free: [Int]
  }

  /// Opens the file, or begins it if it is empty.
  ///
  /// - Parameters:
  ///   - kek: 32 bytes; throws `wrongKEK` if the file was begun with another one.
  ///   - claimed: the slots that belong to a case. Every other slot that is not empty is an orphan and is killed.
  ///   - restoring: true if the claims come from a backup that is not in its place yet: cases may name slots that were
  ///     never here, and a slot that nobody claims may be that of a database to which somebody returns; it is let be.
  init(_ directory: DataDirectory, kek: SecretKey, claimed: Set<Int>, restoring: Bool = false) throws {
    descriptor = try Descriptor(directory.slots, flags: O_RDWR | O_CREAT | O_DSYNC | O_NOFOLLOW)
    batch = try Descriptor(directory.slots, flags: O_RDWR | O_NOFOLLOW)
    self.kek = kek
    let size = try descriptor.size()
    if size < Self.slotSize {
      // A crash may have cut the very first write short; no case exists before it is whole.
      guard claimed.isEmpty || restoring else {
        throw StoreError.slotFileDamaged(reason: "it is empty though cases are open")
      }
      let check = try AES256GCM.seal(Self.checkText, key: kek, authenticating: Self.magic)
      try descriptor.write(Self.padded(Self.magic + check), at: 0)
    } else {
      try Self.check(try descriptor.read(Self.slotSize, at: 0), kek: kek)
    }
    // Cases that came back from a backup may name slots that this file never had.
    let fewest = (claimed.max() ?? -1) + 1
    let present = max(0, try descriptor.size() / Self.slotSize - 1)
    if present < fewest {
      try descriptor.write(
        [UInt8](repeating: 0, count: (fewest - present) * Self.slotSize), at: Self.offset(present))
    }
    let count = max(present, fewest)
    state = Mutex(State(count: count, free: []))
    try reclaim(count: count, claimed: claimed, killing: !restoring)
  }

  /// The number of slots, used or free.
  var count: Int { state.withLock { $0.count } }

  /// Puts `key` into a free slot for the case, durable when this returns, and tells which.
  func store(_ key: SecretKey, for id: CaseID) throws -> Int {
    let index = try allocate()
    do {
      var plain = key.withBytes { Array($0) }
      defer { wipe(&plain) }
      let wrapped = try AES256GCM.seal(plain, key: kek, authenticating: Self.context(index, id))
      try descriptor.write(wrapped + Self.used, at: Self.offset(index))
      return index
    } catch {
      release([index])
      throw error
    }
  }

  /// The key in a slot, if it is that of the case; throws `keyGone` if it is not, or is destroyed.
  func key(at index: Int, for id: CaseID) throws -> SecretKey {
    let slot = try descriptor.read(Self.slotSize, at: Self.offset(index))
    guard slot.count == Self.slotSize, Array(slot.suffix(4)) == Self.used else {
      throw CaseStoreError.keyGone(id)
    }
    do {
      var plain = try AES256GCM.open(
        Array(slot.prefix(Self.wrappedSize)), key: kek, authenticating: Self.context(index, id))
      defer { wipe(&plain) }
      return SecretKey(plain)
    } catch CryptographyError.authenticationFailed {
      throw CaseStoreError.keyGone(id)
    }
  }

  /// The wrapped bytes in a slot, as a scan would find them; nil if the slot is empty.
  func wrapped(at index: Int) throws -> [UInt8]? {
    let slot = try descriptor.read(Self.slotSize, at: Self.offset(index))
    guard slot.count == Self.slotSize, slot.contains(where: { $0 != 0 }) else { return nil }
    return Array(slot.prefix(Self.wrappedSize))
  }

  /// Destroys the slots: random bytes, then zeros, durable after each, and read back.
  ///
  /// The slots stay taken until `release`, so that no new key moves in while their case still names them.
  func kill(_ indices: [Int]) throws {
    guard !indices.isEmpty else { return }
    for index in indices { try batch.write(Randomness.bytes(Self.slotSize), at: Self.offset(index)) }
    try batch.synchronise()
    let zeros = [UInt8](repeating: 0, count: Self.slotSize)
    for index in indices { try batch.write(zeros, at: Self.offset(index)) }
    try batch.synchronise()
    for index in indices where try batch.read(Self.slotSize, at: Self.offset(index)) != zeros {
      throw StoreError.slotFileDamaged(reason: "slot \(index) does not read back as zeros")
    }
  }

  /// Gives killed slots back for new cases.
  func release(_ indices: [Int]) {
    state.withLock { state in
      state.free.append(contentsOf: indices)
      state.free.sort(by: >)
    }
  }

  /// The slots that are not empty, read from the file by whoever may read it.
  static func occupied(_ directory: DataDirectory) throws -> Set<Int> {
    let descriptor = try Descriptor(directory.slots, flags: O_RDONLY | O_NOFOLLOW)
    let count = max(0, try descriptor.size() / slotSize - 1)
    return occupied(try descriptor.read(count * slotSize, at: offset(0)))
  }

  /// What a copy of the file would show: its beginning, and each key in it as it is wrapped.
  static func needles(in directory: DataDirectory) throws -> [Needle] {
    let descriptor = try Descriptor(directory.slots, flags: O_RDONLY | O_NOFOLLOW)
    let wrapped = try occupied(directory).map {
      BytePattern.raw(try descriptor.read(wrappedSize, at: offset($0)))
    }
    // At the beginning of a file, or of a file in an archive: elsewhere it is this program.
    return [Needle("key-slots", "raw", .raw(magic), of: nil, strong: true, alignment: 512)]
      + wrapped.map { Needle("key-slots", "raw", $0, of: nil, strong: true) }
  }

  /// The key that wraps all others must lie nowhere that is searched.
  var kekNeedles: [Needle] { Needle.secret("kek", kek.withBytes { Array($0) }, of: nil) }

  private static func occupied(_ bytes: [UInt8]) -> Set<Int> {
    Set(
      (0..<(bytes.count / slotSize)).filter { index in
        bytes[(index * slotSize)..<((index + 1) * slotSize)].contains { $0 != 0 }
      })
  }

  private func allocate() throws -> Int {
    try state.withLock { state in
      if state.free.isEmpty {
        let zeros = [UInt8](repeating: 0, count: Self.growth * Self.slotSize)
        try descriptor.write(zeros, at: Self.offset(state.count))
        try descriptor.synchronise()
        state.free = (state.count..<(state.count + Self.growth)).reversed()
        state.count += Self.growth
      }
      return state.free.removeLast()
    }
  }

  private func reclaim(count: Int, claimed: Set<Int>, killing: Bool) throws {
    let orphans = Self.occupied(try descriptor.read(count * Self.slotSize, at: Self.offset(0))).subtracting(claimed)
    if killing { try kill(orphans.sorted()) }
    release((0..<count).filter { !claimed.contains($0) && (killing || !orphans.contains($0)) })
  }

  private static func check(_ block: [UInt8], kek: SecretKey) throws {
    guard block.starts(with: magic) else {
      throw StoreError.slotFileDamaged(reason: "it does not begin as one")
    }
    let sealed = Array(block[magic.count..<(magic.count + checkText.count + AES256GCM.overhead)])
    guard let text = try? AES256GCM.open(sealed, key: kek, authenticating: magic), text == checkText else {
      throw StoreError.wrongKEK
    }
  }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: slotSize - bytes.count)
  }

  private static func offset(_ index: Int) -> Int { (index + 1) * slotSize }

  private static func context(_ index: Int, _ id: CaseID) -> [UInt8] {
    Array("slot".utf8) + withUnsafeBytes(of: UInt64(index).bigEndian) { Array($0) } + id.bytes
  }
}

/// Overwrites key bytes before their memory is given back.
func wipe(_ bytes: inout [UInt8]) {
  bytes.withUnsafeMutableBytes { if let base = $0.baseAddress { explicit_bzero(base, $0.count) } }
}
