import Audit
import Cryptography
import Delivery
import Mail
import Synchronization
import Testing

@Suite("Checkpoints leave the house: at set-up, with purges, daily while something happens")
struct CheckpointPostTests {
  /// A ledger that only counts, and the officer's mailbox.
  final class Book: AuditLedger, CheckpointLog {
    struct State {
      var events: [EntryEvent] = []
      var last: HandedOver?
      var handed: [(size: Int, note: String)] = []
    }
    let state = Mutex(State())
    let signer: NoteSigner
    init() throws { signer = try NoteSigner(name: "acme.example/refpassport/1", key: .generate()) }

    func append(_ drafts: [EntryDraft], at now: Timestamp) throws -> Int {
      state.withLock {
        $0.events += drafts.map(\.event)
        return $0.events.count - 1
      }
    }
    func size() throws -> Int { state.withLock { $0.events.count } }
    func checkpoint(at now: Timestamp) throws -> String {
      let entries = try (0..<size()).map { [UInt8($0)] }
      return try signer.sign(
        Checkpoint(origin: signer.verifier.name, size: entries.count, root: MerkleTree.root(ofEntries: entries))
      ).serialised
    }
    func proof(of event: EntryEvent, case id: CaseID, at now: Timestamp) throws -> TlogProof {
      throw CaseStoreError.notFound(id)
    }
    func handedOver() throws -> HandedOver? { state.withLock { $0.last } }
    func hasPurge(since index: Int) throws -> Bool { state.withLock { $0.events[index...].contains(.purge) } }
    func handOver(_ note: String, size: Int, at now: Timestamp) throws {
      state.withLock {
        $0.last = HandedOver(size: size, at: now)
        $0.handed.append((size, note))
      }
    }
    var sizes: [Int] { state.withLock { $0.handed.map(\.size) } }
  }

  let book: Book
  init() throws { book = try Book() }

  private func pass(_ events: EntryEvent..., after seconds: Int64) throws -> [Int] {
    _ = try book.append(events.map { EntryDraft($0) }, at: Sample.now)
    try CheckpointPost(ledger: book, log: book).round(at: Sample.now + seconds)
    return book.sizes
  }

  @Test("the first one at once, then nothing until a day has passed or a case is purged")
  func rhythm() throws {
    #expect(try pass(after: 0) == [])
    #expect(try pass(.config, after: 0) == [1])
    #expect(try pass(.detect, .issue, after: 86_399) == [1])
    #expect(try pass(after: 86_400) == [1, 3])
    #expect(try pass(after: 1_000_000) == [1, 3])
    #expect(try pass(.seal, after: 1_000_000) == [1, 3, 4])
    #expect(try pass(.sent, after: 1_000_001) == [1, 3, 4])
    #expect(try pass(.purge, .purge, after: 1_000_002) == [1, 3, 4, 7])
    #expect(try pass(.detect, after: 1_000_003) == [1, 3, 4, 7])
  }

  @Test("what is handed over is the signed note")
  func note() throws {
    _ = try pass(.config, after: 0)
    let note = try #require(book.state.withLock { $0.handed.first?.note })
    #expect(try book.signer.verifier.checkpoint(in: SignedNote(parsing: note)).size == 1)
  }
}
