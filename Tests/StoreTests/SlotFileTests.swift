import Cryptography
import Delivery
import Foundation
import Testing

@testable import Store

@Suite("Key slots")
struct SlotFileTests {
  let bench: Workbench
  let directory: DataDirectory

  init() throws {
    bench = try Workbench()
    directory = DataDirectory(bench.path)
    try directory.create()
    try directory.createFiles()
  }

  private func open(claimed: Set<Int> = []) throws -> SlotFile {
    try SlotFile(directory, kek: bench.kek, claimed: claimed)
  }

  private func bytes(_ key: SecretKey) -> [UInt8] { key.withBytes { Array($0) } }

  @Test("a key comes back for its case and slot, and for no other")
  func roundTrip() throws {
    let file = try open()
    let id = CaseID.random()
    let key = SecretKey(randomOfSize: 32)
    let slot = try file.store(key, for: id)
    #expect(bytes(try file.key(at: slot, for: id)) == bytes(key))
    let stranger = CaseID.random()
    #expect(throws: CaseStoreError.keyGone(stranger)) { try file.key(at: slot, for: stranger) }
    #expect(throws: CaseStoreError.keyGone(id)) { try file.key(at: slot + 1, for: id) }
    #expect(throws: CaseStoreError.keyGone(id)) { try file.key(at: 10_000, for: id) }
    let reopened = try open(claimed: [slot])
    #expect(bytes(try reopened.key(at: slot, for: id)) == bytes(key))
  }

  @Test("neither the key nor the key-encryption key stands in the file")
  func wrapped() throws {
    let file = try open()
    let key = SecretKey(randomOfSize: 32)
    _ = try file.store(key, for: .random())
    let contents = try Data(contentsOf: URL(fileURLWithPath: bench.slots))
    #expect(contents.range(of: Data(bytes(key))) == nil)
    #expect(contents.range(of: Data(bytes(bench.kek))) == nil)
  }

  @Test("a copied slot opens nowhere else")
  func copied() throws {
    let file = try open()
    let id = CaseID.random()
    let slot = try file.store(SecretKey(randomOfSize: 32), for: id)
    let descriptor = try Descriptor(bench.slots, flags: O_RDWR)
    let block = try descriptor.read(SlotFile.slotSize, at: (slot + 1) * SlotFile.slotSize)
    try descriptor.write(block, at: (slot + 2) * SlotFile.slotSize)
    #expect(throws: CaseStoreError.keyGone(id)) { try file.key(at: slot + 1, for: id) }
  }

  @Test("the file grows by whole blocks of zeros, and every key stays readable")
  func grows() throws {
    let file = try open()
    #expect(file.count == 0)
    var taken: [Int: CaseID] = [:]
    for _ in 0..<(SlotFile.growth * 2 + 1) {
      let id = CaseID.random()
      taken[try file.store(SecretKey(randomOfSize: 32), for: id)] = id
    }
    #expect(taken.count == SlotFile.growth * 2 + 1)
    #expect(file.count == SlotFile.growth * 3)
    let size = try Data(contentsOf: URL(fileURLWithPath: bench.slots)).count
    #expect(size == SlotFile.slotSize * (1 + SlotFile.growth * 3))
    for (slot, id) in taken { _ = try file.key(at: slot, for: id) }
  }

  @Test("a killed slot reads as zeros, its neighbours stay, and it is not given away before its release")
  func kill() throws {
    let file = try open()
    let ids = (0..<3).map { _ in CaseID.random() }
    let slots = try ids.map { try file.store(SecretKey(randomOfSize: 32), for: $0) }
    try file.kill([slots[1]])
    #expect(try file.wrapped(at: slots[1]) == nil)
    #expect(throws: CaseStoreError.keyGone(ids[1])) { try file.key(at: slots[1], for: ids[1]) }
    for index in [0, 2] { _ = try file.key(at: slots[index], for: ids[index]) }
    #expect(try file.store(SecretKey(randomOfSize: 32), for: .random()) != slots[1])
    file.release([slots[1]])
    #expect(try file.store(SecretKey(randomOfSize: 32), for: .random()) == slots[1])
  }

  @Test("a slot without a case is an orphan of a crash and is shredded at the next start")
  func orphans() throws {
    let keep = CaseID.random()
    var slots: [Int] = []
    do {
      let file = try open()
      slots = try [keep, .random()].map { try file.store(SecretKey(randomOfSize: 32), for: $0) }
      // A kill that was interrupted between the random bytes and the zeros.
      let descriptor = try Descriptor(bench.slots, flags: O_RDWR)
      try descriptor.write(Randomness.bytes(SlotFile.slotSize), at: 9 * SlotFile.slotSize)
    }
    let file = try open(claimed: [slots[0]])
    _ = try file.key(at: slots[0], for: keep)
    #expect(try file.wrapped(at: slots[1]) == nil)
    #expect(try file.wrapped(at: 8) == nil)
  }

  @Test("another key-encryption key, a foreign file and a cut file are told apart")
  func refusals() throws {
    _ = try open()
    #expect(throws: StoreError.wrongKEK) {
      try SlotFile(directory, kek: SecretKey(randomOfSize: 32), claimed: [])
    }
    #expect(throws: CryptographyError.self) {
      let fresh = try Workbench()
      let empty = DataDirectory(fresh.path)
      try empty.create()
      try empty.createFiles()
      return try SlotFile(empty, kek: SecretKey(randomOfSize: 16), claimed: [])
    }
    try Data(count: 640).write(to: URL(fileURLWithPath: bench.slots))
    #expect(throws: StoreError.slotFileDamaged(reason: "it does not begin as one")) { try open() }
    try Data().write(to: URL(fileURLWithPath: bench.slots))
    #expect(throws: StoreError.slotFileDamaged(reason: "it is empty though cases are open")) {
      try open(claimed: [0])
    }
  }
}
