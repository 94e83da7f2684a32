import Delivery
import Mail
import SMTP
import Testing

/// MAIL, RCPT and DATA in one write (RFC 2920): every combination of replies has one end.
@Suite struct PipelinedTransactionTests {
  /// What comes in answer to one command of a group.
  enum Answer: CaseIterable, Sendable {
    case yes, more, later, no, busy, wantsLogin, lost, late, odd

    func event(_ phase: Phase) -> Transaction.Event {
      switch self {
      case .lost: .lost
      case .late: .timedOut
      case .odd: .unintelligible
      default: reply(phase).map { .reply($0) } ?? .unintelligible
      }
    }

    /// The codes differ by phase, so that no verdict can name the wrong reply unnoticed.
    func reply(_ phase: Phase) -> Reply? {
      let digit = phase == .mail ? 1 : phase == .rcpt ? 2 : 3
      return switch self {
      case .yes: Reply(code: 250 + digit)
      case .more: Reply(code: 354)
      case .later: Reply(code: 450 + digit)
      case .no: Reply(code: 550 + digit)
      case .busy: Reply(code: 421)
      case .wantsLogin: Reply(code: 530)
      case .lost, .late, .odd: nil
      }
    }

    var isRefusal: Bool { [.later, .no, .busy, .wantsLogin].contains(self) }
  }

  /// How the rules of RFC 2920 have it, said a second time: which answer decides, and how far it is read.
  private static func expected(_ answers: [Answer]) -> Transaction.Ending? {
    let phases = [Phase.mail, .rcpt, .data]
    let due: [Answer] = [.yes, .yes, .more]
    guard let first = answers.indices.first(where: { answers[$0] != due[$0] }) else { return nil }
    let (answer, phase) = (answers[first], phases[first])
    let verdict: Transaction.Ending.Verdict
    switch (answer, answer.reply(phase)) {
    case (.busy, _): verdict = .route(.init(kind: .busy, phase: phase, code: 421, advice: Self.busyAdvice))
    case (.wantsLogin, _):
      verdict = .route(.init(kind: .authRefused, phase: phase, code: 530, advice: Self.loginAdvice))
    case (.later, let reply?): verdict = .outcome(.deferred(.reply(phase, reply)))
    case (.no, let reply?): verdict = .outcome(.refused(.reply(phase, reply)))
    case (.lost, _): verdict = .outcome(.deferred(.connectionLost(phase)))
    case (.late, _): verdict = .outcome(.deferred(.timedOut(phase)))
    default: verdict = .outcome(.deferred(.unintelligible(phase)))
    }
    // The session stays only if each command of the group was answered in a way that fits the refusal.
    let rest = zip(answers, due).dropFirst(first + 1)
    let isInStep =
      answer.isRefusal && answer != .busy
      && rest.allSatisfy { answer, due in
        due == .yes ? answer.isRefusal && answer != .busy : answer == .more || answer.isRefusal && answer != .busy
      }
    return Transaction.Ending(verdict, !isInStep ? .drop : answer == .wantsLogin ? .quit : .reset)
  }

  private static let loginAdvice = advice(530)
  private static let busyAdvice = advice(421)

  /// The advice of the same trouble without PIPELINING.
  private static func advice(_ code: Int) -> String {
    guard let envelope = try? Samples.envelope() else { return "" }
    var transaction = Transaction(envelope, size: 1, offered: Capabilities())
    _ = transaction.start()
    guard case .end(let ending) = transaction.next(.reply(Reply(code: code))),
      case .route(let trouble) = ending.verdict
    else { return "" }
    return trouble.advice
  }

  static let combinations = Answer.allCases.flatMap { mail in
    Answer.allCases.flatMap { rcpt in Answer.allCases.map { [mail, rcpt, $0] } }
  }

  private static func begun() throws -> Transaction {
    var transaction = Transaction(
      try Samples.envelope(), size: 100, offered: Capabilities(ehlo: ["relay.example", "PIPELINING"]))
    #expect(
      transaction.start()
        == .say(
          ["MAIL FROM:<bounces+abc@acme.example>", "RCPT TO:<robin.sample@acme.example>", "DATA"], .mail))
    return transaction
  }

  @Test func asksAtOnceAndListensInOrder() throws {
    var transaction = try Self.begun()
    #expect(transaction.next(.reply(Reply(code: 250))) == .hear(.rcpt))
    #expect(transaction.next(.reply(Reply(code: 251))) == .hear(.data))
    #expect(transaction.next(.reply(Reply(code: 354))) == .sendBody)
    #expect(transaction.next(.bodySent) == .keepIntent)
    #expect(transaction.next(.intentKept) == .sendDot)
  }

  /// All 729; a relay that says yes to a refused group is answered with a dot alone, whatever it then says.
  @Test func everyCombinationOfReplies() throws {
    for answers in Self.combinations {
      var transaction = try Self.begun()
      var heard: [Transaction.Action] = []
      var action = Transaction.Action.hear(.mail)
      for (answer, phase) in zip(answers, [Phase.mail, .rcpt, .data]) {
        guard action == .hear(phase) else { break }
        action = transaction.next(answer.event(phase))
        heard.append(action)
      }
      guard let expected = Self.expected(answers) else {
        #expect(action == .sendBody, "\(answers)")
        continue
      }
      #expect(!heard.contains(.sendBody) && !heard.contains(.keepIntent), "\(answers)")
      if action == .say(["."], .data) {
        #expect(answers[1].isRefusal && answers[2] == .more, "\(answers)")
        action = transaction.next(.reply(Reply(code: 554)))
      }
      #expect(action == .end(expected), "\(answers)")
    }
  }

  /// RFC 2920 §3.1: DATA was taken though no recipient was; what the dot alone then meets does not change the refusal.
  @Test(
    arguments: [
      (.reply(Reply(code: 554)), .reset), (.reply(Reply(code: 451)), .reset), (.reply(Reply(code: 250)), .reset),
      (.reply(Reply(code: 530)), .reset), (.reply(Reply(code: 421)), .drop), (.reply(Reply(code: 354)), .drop),
      (.lost, .drop), (.timedOut, .drop), (.unintelligible, .drop),
    ] as [(Transaction.Event, Transaction.Ending.Session)])
  func anEmptyDotDecidesNothing(_ event: Transaction.Event, _ session: Transaction.Ending.Session) throws {
    for refusal in [450, 550] {
      for mail in [250, refusal] {
        var transaction = try Self.begun()
        _ = transaction.next(.reply(Reply(code: mail)))
        _ = transaction.next(.reply(Reply(code: refusal)))
        #expect(transaction.next(.reply(Reply(code: 354))) == .say(["."], .data))
        let phase = mail == 250 ? Phase.rcpt : .mail
        let outcome: Outcome =
          refusal == 450
          ? .deferred(.reply(phase, Reply(code: 450))) : .refused(.reply(phase, Reply(code: 550)))
        #expect(
          transaction.next(event) == .end(Transaction.Ending(.outcome(outcome), session)))
      }
    }
  }

  /// A relay that takes RCPT after a refused MAIL is out of step: a dot might reach somebody, so none is sent.
  @Test(arguments: [450, 550, 530]) func aRecipientWithoutASenderGetsNoDot(_ code: Int) throws {
    var transaction = try Self.begun()
    #expect(transaction.next(.reply(Reply(code: code))) == .hear(.rcpt))
    guard case .end(let ending) = transaction.next(.reply(Reply(code: 250))) else {
      Issue.record("went on")
      return
    }
    #expect(ending.session == .drop)
  }
}
