import Audit
import Cryptography
import Delivery
import Mail
import Synchronization
import Testing

@Suite("Checkpoints leave the house: at set-up, with purges, daily while something happens")
struct CheckpointPostTests {
  /// A ledger that only counts, and the officer's mailbox.
  final class Book: AuditLedger, CheckpointLog, TimestampLog {
    struct State {
      var events: [EntryEvent] = []
      var last: HandedOver?
      var handed: [(size: Int, note: String, timestamp: [UInt8]?)] = []
      var tokens: [Int: TimestampToken] = [:]
      var standing = AuthorityStanding.answering
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
        $0.handed.append((size, note, $0.tokens[size]?.reply))
      }
    }
    func isTimestamped(_ size: Int) throws -> Bool { state.withLock { $0.tokens[size] != nil } }
    func unstamped() throws -> UnstampedCheckpoint? {
      state.withLock { state in
        state.handed.last.flatMap { last in
          state.tokens[last.size] == nil ? UnstampedCheckpoint(size: last.size, note: last.note) : nil
        }
      }
    }
    func keep(_ token: TimestampToken, over size: Int) throws {
      state.withLock {
        $0.tokens[size] = token
        $0.standing = .answering
      }
    }
    func standing() throws -> AuthorityStanding { state.withLock { $0.standing } }
    func note(_ standing: AuthorityStanding) throws { state.withLock { $0.standing = standing } }
    var sizes: [Int] { state.withLock { $0.handed.map(\.size) } }
  }

  let book: Book
  let board = MemoryStore()
  init() throws { book = try Book() }

  private func pass(_ events: EntryEvent..., after seconds: Int64) async throws -> [Int] {
    _ = try book.append(events.map { EntryDraft($0) }, at: Sample.now)
    try await post().round(at: Sample.now + seconds)
    return book.sizes
  }

  private func post(_ authority: (any TimestampAuthority)? = nil, log: LogLines = LogLines()) -> CheckpointPost {
    CheckpointPost(
      ledger: book, log: book,
      stamping: CheckpointStamping(
        authority: authority, log: book, bell: AlarmBell(board, logger: log.logger), logger: log.logger))
  }

  @Test("the first one at once, then nothing until a day has passed or a case is purged")
  func rhythm() async throws {
    #expect(try await pass(after: 0) == [])
    #expect(try await pass(.config, after: 0) == [1])
    #expect(try await pass(.detect, .issue, after: 86_399) == [1])
    #expect(try await pass(after: 86_400) == [1, 3])
    #expect(try await pass(after: 1_000_000) == [1, 3])
    #expect(try await pass(.seal, after: 1_000_000) == [1, 3, 4])
    #expect(try await pass(.sent, after: 1_000_001) == [1, 3, 4])
    #expect(try await pass(.purge, .purge, after: 1_000_002) == [1, 3, 4, 7])
    #expect(try await pass(.detect, after: 1_000_003) == [1, 3, 4, 7])
  }

  @Test("what is handed over is the signed note")
  func note() async throws {
    _ = try await pass(.config, after: 0)
    let note = try #require(book.state.withLock { $0.handed.first?.note })
    #expect(try book.signer.verifier.checkpoint(in: SignedNote(parsing: note)).size == 1)
  }

  /// An authority that does what a script says; what it is asked about is remembered.
  final class Authority: TimestampAuthority {
    let state: Mutex<(answers: [Result<TimestampToken, TimestampFailure>], asked: [String])>
    init(_ answers: Result<TimestampToken, TimestampFailure>...) { state = Mutex((answers, [])) }

    func token(over bytes: [UInt8]) async throws(TimestampFailure) -> TimestampToken {
      let answer = state.withLock { state in
        state.asked.append(String(decoding: bytes, as: UTF8.self))
        return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
      }
      return try answer.get()
    }
    var asked: Int { state.withLock { $0.asked.count } }
  }

  static let token = TimestampToken(reply: [1, 2, 3], at: Sample.now + 1)
  static let down = TimestampFailure.notGiven(advice: "nothing answers.")

  @Test("the note's exact bytes are timestamped before it is handed over, and it goes with its token")
  func timestamped() async throws {
    let authority = Authority(.success(Self.token))
    _ = try book.append([EntryDraft(.config)], at: Sample.now)
    try await post(authority).round(at: Sample.now)
    let handed = try #require(book.state.withLock { $0.handed.first })
    #expect(handed.timestamp == [1, 2, 3])
    #expect(authority.state.withLock { $0.asked } == [handed.note])
    try await post(authority).round(at: Sample.now + 5000)
    #expect(authority.asked == 1, "what bears one is not asked for again")
  }

  @Test("an authority that is down delays nothing: the note goes without, and is asked for again once an hour")
  func untimestamped() async throws {
    let authority = Authority(.failure(Self.down), .failure(Self.down), .success(Self.token))
    let lines = LogLines()
    let post = post(authority, log: lines)
    _ = try book.append([EntryDraft(.config)], at: Sample.now)
    for (seconds, asked) in [(0, 1), (15, 1), (3599, 1), (3600, 2), (7199, 2), (7200, 3), (20_000, 3)] {
      try await post.round(at: Sample.now + Int64(seconds))
      #expect(authority.asked == asked, "after \(seconds) s")
      #expect(book.state.withLock { $0.handed.map(\.timestamp) } == [nil], "after \(seconds) s")
    }
    #expect(book.state.withLock { $0.tokens } == [1: Self.token])
    let refused = "checkpoint not timestamped; asked again in an hour"
    #expect(lines.all == [refused, refused, "checkpoint timestamped"])
    #expect(lines.whole[0].contains("nothing answers."))
  }

  @Test("a note that is due while the authority is left alone goes at once, without one; only the newest is asked for")
  func newestOnly() async throws {
    let authority = Authority(.failure(Self.down), .success(Self.token))
    let post = post(authority)
    for (seconds, events) in [(0, [EntryEvent.config]), (60, [.purge]), (120, [.detect]), (3600, [])] {
      _ = try book.append(events.map { EntryDraft($0) }, at: Sample.now)
      try await post.round(at: Sample.now + Int64(seconds))
    }
    #expect(book.sizes == [1, 2])
    #expect(authority.asked == 2)
    #expect(book.state.withLock { $0.tokens.keys.sorted() } == [2])
  }

  @Test("ops hear of it after a day, once, and once more when it ends")
  func alarm() async throws {
    let authority = Authority(.failure(Self.down))
    let post = post(authority)
    _ = try book.append([EntryDraft(.config)], at: Sample.now)
    for hour in 0..<24 { try await post.round(at: Sample.now + Int64(hour * 3600)) }
    #expect(try board.alarms().isEmpty)
    for hour in 24..<30 { try await post.round(at: Sample.now + Int64(hour * 3600)) }
    #expect(try board.alarms().map(\.kind) == [.timestamp])
    #expect(board.state.withLock { $0.notices.count } == 1)
    authority.state.withLock { $0.answers = [.success(Self.token)] }
    try await post.round(at: Sample.now + 31 * 3600)
    #expect(try board.alarms().isEmpty)
    #expect(book.state.withLock { $0.standing } == .answering)
  }

  @Test("without an authority nobody is asked, and what stood of it is forgotten")
  func off() async throws {
    book.state.withLock { $0.standing = .failing(since: Sample.now + -90_000, last: Sample.now) }
    _ = try board.raise(Alarm(.timestamp, since: Sample.now, detail: "x"), telling: Sample.now)
    #expect(try await pass(.config, after: 0) == [1])
    #expect(book.state.withLock { $0.standing } == .answering)
    #expect(try board.alarms().isEmpty)
  }

  @Test("an alarm that a crash left up is taken down by the next pass")
  func left() async throws {
    let authority = Authority(.success(Self.token))
    _ = try book.append([EntryDraft(.config)], at: Sample.now)
    try await post(authority).round(at: Sample.now)
    _ = try board.raise(Alarm(.timestamp, since: Sample.now, detail: "x"), telling: Sample.now)
    try await post(authority).round(at: Sample.now + 15)
    #expect(try board.alarms().isEmpty)
    #expect(authority.asked == 1)
  }

  @Test("a stop while the authority is asked is no failure of it")
  func stopped() async throws {
    _ = try book.append([EntryDraft(.config)], at: Sample.now)
    try await post(Authority(.failure(.cancelled))).round(at: Sample.now)
    #expect(book.sizes == [1])
    #expect(book.state.withLock { $0.standing } == .answering)
  }
}

@Suite("How the authority has answered of late")
struct AuthorityStandingTests {
  /// So many seconds from now.
  private static func time(_ seconds: Int64) -> Timestamp { Sample.now + seconds }

  @Test(
    "when it may be asked, and when ops must hear of it",
    arguments: [
      (0, 0, false, false), (-3599, -3599, false, false), (-3600, -3600, true, false), (-86_399, -10, false, false),
      (-86_400, -10, false, true), (-86_400, -3600, true, true), (500, 500, true, false),
    ] as [(Int64, Int64, Bool, Bool)])
  func decides(_ since: Int64, _ last: Int64, _ mayAsk: Bool, _ isOverdue: Bool) {
    let standing = AuthorityStanding.failing(since: Self.time(since), last: Self.time(last))
    #expect(standing.mayAsk(at: Sample.now) == mayAsk)
    #expect(standing.isOverdue(at: Sample.now) == isOverdue)
  }

  @Test("one that answers may always be asked")
  func answering() {
    #expect(AuthorityStanding.answering.mayAsk(at: Sample.now))
    #expect(!AuthorityStanding.answering.isOverdue(at: Sample.now))
  }

  @Test("a failure begins once, and never after it was last seen", arguments: [(-9, -9), (9, 0)] as [(Int64, Int64)])
  func failed(_ began: Int64, _ since: Int64) {
    let standing = AuthorityStanding.failing(since: Self.time(began), last: Self.time(began))
    #expect(standing.failed(at: Sample.now) == .failing(since: Self.time(since), last: Sample.now))
    #expect(AuthorityStanding.answering.failed(at: Sample.now) == .failing(since: Sample.now, last: Sample.now))
  }
}
