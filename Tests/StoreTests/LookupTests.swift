import Audit
import Cryptography
import Delivery
import Foundation
import GRDB
import Mail
import Testing

@testable import Store

/// "Do you still hold anything on this person?", answered without storing whom the entries are about.
@Suite("Lookup")
struct LookupTests {
  static let year: Int64 = 365 * 86_400
  let bench: Workbench

  init() throws { bench = try Workbench() }

  private func address(_ text: String) throws -> Address { try Address(parsing: text) }

  private func open(retention: Int64 = LookupTests.year) throws -> ApplianceStore {
    try bench.open(lookupRetention: retention)
  }

  /// A case whose detection is about an address.
  @discardableResult
  private func admit(_ person: Int, _ text: String, in store: ApplianceStore, at now: Timestamp = time()) throws -> Case
  {
    let row = Case(id: .random(), stage: .detected, opened: now, since: now)
    try store.open(
      NewCase(
        row: row, departure: departure(person),
        seal: [
          .facts: try CaseVault.encode(canary), .employee: Array("2288\(person)".utf8), .salt: Randomness.bytes(32),
        ],
        entries: [EntryDraft(.detect, case: row.id, ["from": "bob"], about: try address(text))]), at: now)
    return row
  }

  private func tags(_ store: ApplianceStore) throws -> [String?] {
    try entries(store).filter { $0.event == .detect }.map {
      guard case .string(let tag)? = $0.fields["tag"] else { return nil }
      return tag
    }
  }

  @Test("an address has one tag in a quarter and another in the next")
  func tagged() throws {
    let store = try open()
    let next = Epoch(of: time()).end
    try admit(1, "kept@leaver.example", in: store)
    try admit(2, "kept@LEAVER.example", in: store, at: time(60))
    try admit(3, "other@leaver.example", in: store, at: time(61))
    try admit(4, "kept@leaver.example", in: store, at: next)
    let tags = try tags(store)
    #expect(tags.count == 4 && tags.allSatisfy { $0?.count == 22 })
    #expect(tags[0] == tags[1] && Set(tags).count == 3)
  }

  @Test("without retention there are no tags, and nobody can tell")
  func off() throws {
    let store = try open(retention: 0)
    try admit(1, "kept@leaver.example", in: store)
    #expect(try tags(store) == [nil])
    let found = try store.lookup(address("kept@leaver.example"), by: "clara", at: time(60))
    #expect(found == LookupAnswer(cases: [], quarters: []))
  }

  @Test("finds the cases of an address and nobody else's, across quarters and a restart")
  func found() throws {
    var ids: [String] = []
    let next = Epoch(of: time()).end
    do {
      let store = try open()
      ids.append(try admit(1, "kept@leaver.example", in: store).id.description)
      try admit(2, "other@leaver.example", in: store)
    }
    let store = try open()
    ids.append(try admit(3, "kept@leaver.example", in: store, at: next).id.description)
    let found = try store.lookup(address("KEPT@leaver.example".lowercased()), by: "clara", at: next)
    #expect(found.cases.map(\.case) == ids && found.quarters == ["2026Q4", "2027Q1"])
    #expect(
      found.cases.allSatisfy { $0.holdsPersonalData && $0.purge == nil && $0.mentions.map(\.event) == ["detect"] })
    #expect(try store.lookup(address("nobody@leaver.example"), by: "clara", at: next).cases.isEmpty)
  }

  @Test("after the purge it still finds the case, with the entry that proves the purge")
  func purged() throws {
    let store = try open()
    let row = try admit(1, "kept@leaver.example", in: store)
    let cancelled = try store.put(
      row.moved(by: .cancel, at: time(10)) { $0.ground = .cancel }, at: time(10))
    _ = try store.purge([cancelled], at: time(20))
    let found = try #require(try store.lookup(address("kept@leaver.example"), by: "clara", at: time(30)).cases.first)
    #expect(found.case == row.id.description && found.stage == .purged && !found.holdsPersonalData)
    let proof = try #require(found.purge)
    let entry = try #require(try entries(store).dropFirst(proof.index).first)
    #expect(proof.event == "purge" && entry.event == .purge && entry.case == row.id.description)
  }

  @Test("that somebody asked is an entry: without the address, and without who asked in plain")
  func recorded() throws {
    let store = try open()
    try admit(1, "kept@leaver.example", in: store)
    _ = try store.lookup(address("kept@leaver.example"), by: "clara", at: time(30))
    let last = try #require(try entries(store).last)
    #expect(last.event == .operator && last.fields["act"] == .string("lookup") && last.fields["found"] == 1)
    #expect(last.fields["by"] != nil)
    for needle in ["kept", "leaver.example", "clara"] {
      for file in [bench.database, bench.database + "-wal"] {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: file))
        #expect(bytes.range(of: Data(needle.utf8)) == nil, "\(needle) in \(file)")
      }
    }
  }

  @Test("a key is destroyed when its time is over, with an entry; the tags then lead to nobody")
  func destroyed() throws {
    let store = try open()
    try admit(1, "kept@leaver.example", in: store)
    let end = Epoch(of: time()).end
    try admit(2, "kept@leaver.example", in: store, at: end)
    let slot = try #require(try store.look { try LookupKeys.all(in: $0).first?.slot })
    #expect(try store.destroyLookupKeys(at: end + (Self.year - 1)).isEmpty)
    #expect(try store.destroyLookupKeys(at: end + Self.year).map(\.description) == ["2026Q4"])
    #expect(try store.destroyLookupKeys(at: end + Self.year).isEmpty)
    let last = try #require(try entries(store).last)
    #expect(last.event == .epochDestroyed && last.fields["epoch"] == .string("2026Q4"))
    #expect(try block(slot).allSatisfy { $0 == 0 })
    let found = try store.lookup(address("kept@leaver.example"), by: "clara", at: end + Self.year)
    #expect(found.cases.count == 1 && found.quarters.first == "2027Q1")
  }

  @Test("an appliance whose retention is set to 0 destroys the keys that it had")
  func turnedOff() throws {
    do { try admit(1, "kept@leaver.example", in: try open()) }
    let store = try open(retention: 0)
    #expect(try store.destroyLookupKeys(at: time(60)).map(\.description) == ["2026Q4"])
    #expect(try store.lookup(address("kept@leaver.example"), by: "clara", at: time(70)).cases.isEmpty)
  }

  @Test("a crash between the key's end and its entry is taken up after a restart")
  func crash() throws {
    let end = Epoch(of: time()).end
    do {
      let store = try open()
      try admit(1, "kept@leaver.example", in: store)
      let keys = try store.owned().book.keys
      try keys.kill(store.look { try keys.due(at: end + Self.year, in: $0) })
    }
    let store = try open()
    let found = try store.lookup(address("kept@leaver.example"), by: "clara", at: end + Self.year)
    #expect(found == LookupAnswer(cases: [], quarters: []), "a dead key finds nothing, and is no error")
    #expect(try store.destroyLookupKeys(at: end + Self.year).map(\.description) == ["2026Q4"])
    #expect(try store.straySlots().isEmpty)
  }

  @Test("a step that is rolled back leaves no key without an owner")
  func rolledBack() throws {
    struct Refused: Error {}
    let store = try open()
    let address = try address("kept@leaver.example")
    let book = try store.owned().book
    for _ in 1...3 {
      #expect(throws: Refused.self) {
        try book.transaction { database, head in
          try book.append([EntryDraft(.detect, case: .random(), about: address)], to: &head, at: time(), in: database)
          throw Refused()
        }
      }
    }
    try admit(1, "kept@leaver.example", in: store)
    #expect(try store.straySlots().isEmpty)
    #expect(try store.look { try LookupKeys.all(in: $0).count } == 1)
  }

  private func entries(_ store: ApplianceStore) throws -> [Entry] {
    try store.entries(0..<100).map { try Entry(parsing: $0) }
  }

  /// The 64 bytes of a slot, as they stand in the file.
  private func block(_ slot: Int) throws -> [UInt8] {
    try Descriptor(bench.slots, flags: O_RDONLY).read(SlotFile.slotSize, at: (slot + 1) * SlotFile.slotSize)
  }
}
