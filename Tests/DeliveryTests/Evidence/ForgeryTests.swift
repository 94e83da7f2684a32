import Audit
import Delivery
import Foundation
import Mail
import Synchronization
import Testing

@Suite("What proves nothing moves nothing")
struct ForgeryTests {
  /// Two cases whose mail was accepted, one that is purged, and whatever a stranger may write of them.
  struct Scene {
    var stage: ReportStage
    /// Mailed to ada@acme.example.
    var mine: Case
    var other: Case
    var purged: Case

    init(_ style: ReturnPath.Style) async throws {
      stage = ReportStage(style)
      mine = try await stage.sent(number: 1)
      other = try await stage.sent(number: 2)
      purged = try await stage.sent(number: 3)
      let closed = try Sample.desk(stage.store).cancel(purged.id, by: Sample.opal, at: stage.now)
      let row = try stage.row(closed.id)
      _ = try stage.store.purge([row], at: stage.now)
    }

    func messageID(_ number: UInt8) -> String { MessageID(random: [number], domain: "acme.example").text }

    /// What the appliance knows: equal before and after means that nothing was moved, told or kept.
    var picture: String {
      stage.store.state.withLock { state in
        "\(state.cases) \(state.entries) \(state.reports) \(state.notices.count) \(state.probes)"
      }
    }
  }

  struct Forgery: CustomTestStringConvertible, Sendable {
    var name: String
    var style = ReturnPath.Style.verp
    var finding: EvidenceDesk.Finding
    var write: @Sendable (Scene) throws -> ReceivedMessage

    init(
      _ name: String, _ finding: EvidenceDesk.Finding, _ style: ReturnPath.Style = .verp,
      _ write: @escaping @Sendable (Scene) throws -> ReceivedMessage
    ) {
      (self.name, self.style, self.finding, self.write) = (name, style, finding, write)
    }

    var testDescription: String { "\(name) (\(style.rawValue))" }
  }

  private static func dsn(
    _ word: ReportText.Word, recipient: String = "ada@acme.example", _ shape: (inout ReportText) -> Void
  ) -> ReceivedMessage {
    var text = ReportText(word, recipient: recipient)
    shape(&text)
    return text.message
  }

  private static func mail(to: String, _ rest: String) -> ReceivedMessage {
    ReceivedMessage(octets: Array("From: someone@else.example\r\nTo: \(to)\r\n\(rest)".utf8))
  }

  private static let guess = "aaaaaaaaaaaaaaaa"

  static let forgeries: [Forgery] = [
    Forgery("a guessed token in the address", .unproven) { _ in
      dsn(.hard) { $0.to = "bounces+\(guess)@acme.example" }
    },
    Forgery("many guessed tokens in many fields", .unproven) { _ in
      dsn(.hard) { text in
        let tokens = (0..<200).map { Base32.encode(Array("\(1_000_000_000 + $0)".utf8)) }
        text.extraHeader = tokens.map { "Delivered-To: bounces+\($0)@acme.example\r\n" }.joined()
      }
    },
    Forgery("a truncated token", .unproven) { scene in
      let token = try scene.stage.token(scene.mine).text.dropLast(8)
      return dsn(.hard) { $0.to = "bounces+\(token)@acme.example" }
    },
    Forgery("the token with more behind it", .unproven) { scene in
      let token = try scene.stage.token(scene.mine).text
      return dsn(.hard) { $0.to = "bounces+\(token)aaaaaaaa@acme.example" }
    },
    Forgery("the token of an attempt that was never made", .unproven) { scene in
      try scene.stage.report(.hard, of: scene.mine, attempt: 2)
    },
    Forgery("the token of an attempt that was never made, in ENVID", .unproven, .plain) { scene in
      try scene.stage.report(.delivered, of: scene.mine, attempt: 2)
    },
    Forgery("the token of another case around this one's Message-ID", .unproven) { scene in
      let to = try scene.stage.address(scene.other)
      return dsn(.hard) {
        $0.to = to
        $0.messageID = scene.messageID(1)
      }
    },
    Forgery("true tokens of two cases at once", .unproven) { scene in
      let (to, envelopeID) = (try scene.stage.address(scene.mine), try scene.stage.envelopeID(scene.other))
      return dsn(.hard) {
        $0.to = to
        $0.envelopeID = envelopeID
      }
    },
    Forgery("good news of another recipient", .unproven) { scene in
      let to = try scene.stage.address(scene.mine)
      return dsn(.delivered, recipient: "eve@else.example") { $0.to = to }
    },
    Forgery("good news of a recipient who is only similar", .unproven) { scene in
      let to = try scene.stage.address(scene.mine)
      return dsn(.delivered, recipient: "ada@acme.example.else.example") { $0.to = to }
    },
    Forgery("an expansion of another list", .unproven) { scene in
      let to = try scene.stage.address(scene.mine)
      return dsn(.expanded, recipient: "everybody@acme.example") { $0.to = to }
    },
    Forgery("good news of a crowd that holds the recipient", .unproven) { scene in
      let to = try scene.stage.address(scene.mine)
      return dsn(.delivered) { text in
        text.to = to
        text.words += (0..<5000).map { ("person\($0)@acme.example", .delivered) }
      }
    },
    Forgery("the right case number in ENVID, and a wrong token", .unproven) { scene in
      dsn(.hard) { $0.envelopeID = "\(scene.mine.id).1.\(guess)" }
    },
    Forgery("the right case number in ENVID, and a wrong token", .unproven, .plain) { scene in
      dsn(.hard) { $0.envelopeID = "\(scene.mine.id).1.\(guess)" }
    },
    Forgery("the case number alone in ENVID", .foreign, .plain) { scene in
      dsn(.hard) { $0.envelopeID = "\(scene.mine.id)" }
    },
    Forgery("the true token beside another attempt's number", .unproven, .plain) { scene in
      let token = try scene.stage.token(scene.mine).text
      return dsn(.hard) { $0.envelopeID = "\(scene.mine.id).2.\(token)" }
    },
    Forgery("the true token of one case beside the number of another", .unproven, .plain) { scene in
      let token = try scene.stage.token(scene.mine).text
      return dsn(.hard) { $0.envelopeID = "\(scene.other.id).1.\(token)" }
    },
    Forgery("our Message-ID, from a stranger", .unproven) { scene in
      dsn(.hard) { $0.messageID = scene.messageID(1) }
    },
    Forgery("our Message-ID and good news", .unproven, .plain) { scene in
      dsn(.delivered) { $0.messageID = scene.messageID(1) }
    },
    Forgery("our Message-ID and a failure of somebody else", .unproven, .plain) { scene in
      dsn(.hard, recipient: "eve@else.example") { $0.messageID = scene.messageID(1) }
    },
    Forgery("our Message-ID and a crowd that fails", .unproven, .plain) { scene in
      dsn(.hard) { text in
        text.messageID = scene.messageID(1)
        text.words += (0..<50).map { ("person\($0)@acme.example", .hard) }
      }
    },
    Forgery("a Message-ID that is almost ours", .foreign, .plain) { scene in
      dsn(.hard) { $0.messageID = scene.messageID(1).uppercased() }
    },
    Forgery("the token of a purged case", .afterPurge) { scene in
      try scene.stage.report(.hard, of: scene.purged)
    },
    Forgery("the token of a purged case in ENVID", .afterPurge, .plain) { scene in
      try scene.stage.report(.delivered, of: scene.purged)
    },
    Forgery("the token of a purged case around this one's Message-ID", .afterPurge, .plain) { scene in
      let envelopeID = try scene.stage.envelopeID(scene.purged)
      return dsn(.hard) {
        $0.envelopeID = envelopeID
        $0.messageID = scene.messageID(1)
      }
    },
    Forgery("the token in the subject and the text only", .foreign) { scene in
      let (address, token) = (try scene.stage.address(scene.mine), try scene.stage.token(scene.mine).text)
      return dsn(.hard) {
        $0.subject = "Undeliverable: \(address)"
        $0.remark = "\(token) \(address)"
      }
    },
    Forgery("the token in the header that the report quotes", .foreign) { scene in
      let address = try scene.stage.address(scene.mine)
      return dsn(.hard) { $0.messageID = "<x@y.example>\r\nReturn-Path: <\(address)>\r\nTo: \(address)" }
    },
    Forgery("the token at another domain", .foreign) { scene in
      let token = try scene.stage.token(scene.mine).text
      return dsn(.hard) { $0.to = "bounces+\(token)@acme.example.else.example" }
    },
    Forgery("the token behind another name", .foreign) { scene in
      let token = try scene.stage.token(scene.mine).text
      return dsn(.hard) { $0.to = "people+\(token)@acme.example" }
    },
    Forgery("a report of a notice", .foreign, .plain) { _ in dsn(.hard) { $0.envelopeID = "notice" } },
    Forgery("a probe with a made-up token", .noReport) { _ in
      mail(to: "bounces@acme.example", "Message-ID: <\(guess)@acme.example>\r\nSubject: probe\r\n\r\ntest\r\n")
    },
    Forgery("a read receipt to the tagged address", .noReport) { scene in
      mail(
        to: try scene.stage.address(scene.mine),
        """
        Subject: Read: Your reference\r
        Content-Type: multipart/report; report-type=disposition-notification; boundary="b"\r
        \r
        --b\r
        Content-Type: text/plain\r
        \r
        Your message was read.\r
        --b\r
        Content-Type: message/disposition-notification\r
        \r
        Final-Recipient: rfc822; ada@acme.example\r
        Original-Message-ID: \(scene.messageID(1))\r
        Disposition: manual-action/MDN-sent-manually; displayed\r
        \r
        --b--\r

        """)
    },
    Forgery("an out-of-office answer to the tagged address", .noReport) { scene in
      mail(
        to: try scene.stage.address(scene.mine),
        "Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI have left the company. ada@acme.example\r\n")
    },
    Forgery("an ordinary mail to the tagged address", .noReport) { scene in
      mail(to: try scene.stage.address(scene.mine), "Subject: Hello\r\n\r\nThank you for the reference.\r\n")
    },
    Forgery("nothing at all", .noReport) { _ in ReceivedMessage(octets: []) },
    Forgery("a megabyte of nothing", .noReport) { _ in ReceivedMessage(octets: [UInt8](repeating: 0, count: 1 << 20)) },
  ]

  @Test("neither a case nor the ledger moves, and nothing is kept", arguments: forgeries)
  func forged(_ forgery: Forgery) async throws {
    let scene = try await Scene(forgery.style)
    let before = scene.picture
    #expect(try scene.stage.desk().take(try forgery.write(scene), at: scene.stage.now) == forgery.finding)
    #expect(scene.picture == before)
  }

  @Test(
    "after the attempts of a purged case are gone, its token in an address is known all the same, and moves nothing")
  func purgedByAddress() async throws {
    let scene = try await Scene(.verp)
    #expect(try scene.stage.store.attempts(of: scene.purged.id).isEmpty)
    let before = scene.picture
    let to = try scene.stage.address(scene.purged)
    #expect(try scene.stage.desk().take(Self.dsn(.hard) { $0.to = to }, at: scene.stage.now) == .afterPurge)
    let next = try scene.stage.address(scene.purged, attempt: 2)
    #expect(try scene.stage.desk().take(Self.dsn(.hard) { $0.to = next }, at: scene.stage.now) == .unproven)
    #expect(scene.picture == before)
  }

  @Test("a report of success that is cut off before it says so confirms nothing, wherever it is cut")
  func cutOff() async throws {
    let scene = try await Scene(.verp)
    let octets = try scene.stage.report(.delivered, of: scene.mine).octets
    let length = try #require(octets.indices.first { octets[$0...].starts(with: Array("delivered\r".utf8)) })
    let address = try scene.stage.address(scene.mine)
    for end in stride(from: length, through: 0, by: -3) {
      let cut = ReceivedMessage(octets: Array(octets[..<end]), recipient: address)
      _ = try scene.stage.desk().take(cut, at: scene.stage.now)
    }
    #expect(!scene.stage.store.events(of: scene.mine.id).contains(.confirm))
    let whole = try await Scene(.verp)
    #expect(try whole.stage.desk().take(ReceivedMessage(octets: octets), at: whole.stage.now) == .unproven)
    #expect(try whole.stage.take(.delivered, of: whole.mine) == .moved)
  }

  @Test("a replayed report is known, also by another desk after a restart")
  func replayed() async throws {
    let scene = try await Scene(.verp)
    let message = try scene.stage.report(.soft, of: scene.mine)
    #expect(try scene.stage.desk().take(message, at: scene.stage.now) == .moved)
    let before = scene.picture
    for _ in 0..<3 {
      #expect(try scene.stage.desk().take(message, at: scene.stage.now + 100_000) == .repeated)
    }
    #expect(scene.picture == before)
  }

  @Test("a flood of delays restarts the quiet period so often and not for ever")
  func flood() async throws {
    let scene = try await Scene(.verp)
    let findings = try (0..<40).map { number in
      try scene.stage.take(.delayed, of: scene.mine, salt: "\(number)", at: scene.stage.now + Int64(number))
    }
    #expect(findings.count { $0 == .recorded } == 16)
    #expect(findings.suffix(24).allSatisfy { $0 == .repeated })
    // Bad news still comes through.
    #expect(try scene.stage.take(.hard, of: scene.mine) == .moved)
  }

  @Test(
    "the proof counts in whatever field it came, and in whatever case it was written on the way",
    arguments: ["Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc"])
  func anyField(field: String) async throws {
    let scene = try await Scene(.verp)
    // Some systems fold addresses to capitals; base32 survives that.
    let address = try scene.stage.address(scene.mine).uppercased()
    let message = Self.dsn(.hard) {
      $0.to = "postmaster@acme.example"
      $0.extraHeader = "\(field): \"Bounces, of mail\" <\(address)>, someone@else.example\r\n"
    }
    #expect(try scene.stage.desk().take(message, at: scene.stage.now) == .moved)
    #expect(try scene.stage.row(scene.mine.id).stage == .undeliverable)
  }

  @Test("the envelope recipient is proof, and so is an ENVID in either style", arguments: ReturnPath.Style.allCases)
  func otherProofs(style: ReturnPath.Style) async throws {
    let scene = try await Scene(style)
    let token = try scene.stage.token(scene.mine).text
    let bare = ReportText(.hard).text
    let byEnvelope = ReceivedMessage(octets: Array(bare.utf8), recipient: "<bounces+\(token)@acme.example>")
    #expect(try scene.stage.desk().take(byEnvelope, at: scene.stage.now) == .moved)
    let envelopeID = try scene.stage.envelopeID(scene.other)
    let byENVID = Self.dsn(.hard) { $0.envelopeID = envelopeID }
    #expect(try scene.stage.desk().take(byENVID, at: scene.stage.now) == .moved)
    #expect(try scene.stage.row(scene.other.id).stage == .undeliverable)
  }

  @Test("a proven failure counts whoever it names, since forwarding changes recipients; good news beside it does not")
  func contradiction() async throws {
    let scene = try await Scene(.verp)
    let to = try scene.stage.address(scene.mine)
    let message = Self.dsn(.delivered) { text in
      text.to = to
      text.words.append(("ada.at.home@else.example", .soft))
    }
    #expect(try scene.stage.desk().take(message, at: scene.stage.now) == .moved)
    #expect(try scene.stage.row(scene.mine.id).stage == .deferred)
  }

  @Test("with plain return paths a failure that only quotes our Message-ID asks a person, once, and confirms nothing")
  func plainHolds() async throws {
    let scene = try await Scene(.plain)
    let claim = Self.dsn(.hard) { $0.messageID = scene.messageID(1) }
    #expect(try scene.stage.desk().take(claim, at: scene.stage.now) == .moved)
    let held = try scene.stage.row(scene.mine.id)
    #expect(held.hold == Hold(reason: .unprovenReport, resume: .accepted))
    #expect(HoldReason.unprovenReport.explanation.contains("release"))
    #expect(scene.stage.store.events(of: scene.mine.id) == [.sent, .hold])
    _ = try await Sample.desk(scene.stage.store).release(
      scene.mine.id, from: nil, by: Sample.opal, at: scene.stage.now + 1)
    // The person has decided: the same again asks nobody.
    let again = Self.dsn(.hard) {
      $0.messageID = scene.messageID(1)
      $0.remark = "again"
    }
    #expect(try scene.stage.desk().take(again, at: scene.stage.now + 2) == .repeated)
    #expect(try scene.stage.row(scene.mine.id).stage == .accepted)
    // The same with proof still counts.
    #expect(try scene.stage.take(.hard, of: scene.mine, at: scene.stage.now + 3) == .moved)
    #expect(try scene.stage.row(scene.mine.id).stage == .undeliverable)
  }
}
