import Testing

@testable import Mail

/// Reports without fields for machines, in the forms that mail systems have used, and what only looks like one.
@Suite("reports in words")
struct WordedReportTests {
  private static let robot = "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.acme.example>\n"
  private static let copy =
    "\n--- This is a copy of the message. ---\nReceived: by mx\nTo: who@b.example\nMessage-ID: <m@acme.example>\n"

  private func read(_ text: String) -> Report { Report(reading: Array(text.utf8)) }

  @Test(
    "an address on a line of its own, with the reason behind it",
    arguments: [
      "The following address(es) failed:\n\n  ada@b.example\n    550 5.1.1 User unknown\n",
      "I wasn't able to deliver your message to the following addresses.\n\n<ada@b.example>:\nRemote host said: 550 5.1.1 no such user (#5.1.1)\n",
      "----- The following addresses had permanent fatal errors -----\n<ada@b.example>\n\n----- Transcript of session follows -----\n>>> RCPT To:<ada@b.example>\n<<< 550 5.1.1 User unknown\n",
      "Your message was not delivered to:\n\n  ada@b.example\n\nbecause: 550 5.1.1 not listed in Domino Directory\n",
      "There was an error delivering your mail to <ada@b.example>.\n\n550 5.1.1 User unknown\n",
      "Failed recipient: ada@b.example\nReason: 550 5.1.1 mailbox not found\nFor help contact postmaster@acme.example\n",
      "554 <ada@b.example>... 550 5.1.1 User unknown\n",
    ])
  func failures(_ text: String) throws {
    let report = read(Self.robot + "To: bounces@acme.example\nSubject: Undeliverable mail\n\n" + text + Self.copy)
    let recipient = try #require(report.recipients.first)
    #expect(report.recipients.count == 1)
    #expect(recipient.address == "ada@b.example" && recipient.action == .failed && recipient.kind == .hard)
    #expect(recipient.status?.description == "5.1.1" && recipient.reason == .userUnknown)
    #expect(report.originalMessageID == "m@acme.example")
  }

  @Test("each of several recipients has its own reason, and none another's")
  func several() {
    let report = read(
      Self.robot
        + "Subject: failure notice\n\nCould not be delivered to:\n\n<ada@b.example>:\n550 5.1.1 user unknown\n\n"
        + "<bo@b.example>:\n552 5.2.2 mailbox full\n\n<cy@b.example>:\n550 5.7.1 rejected as spam\n" + Self.copy)
    #expect(report.recipients.map(\.address) == ["ada@b.example", "bo@b.example", "cy@b.example"])
    #expect(report.recipients.map(\.reason) == [.userUnknown, .mailboxFull, .spam])
    #expect(report.recipients.map(\.kind) == [.hard, .soft, .soft])
  }

  @Test("a warning is no failure")
  func delay() throws {
    let report = read(
      Self.robot
        + "Subject: Warning: message delayed 24 hours\n\nThis is a warning message only.\nThe address to which the "
        + "message has not yet been delivered is:\n\n  ada@b.example\n    Connection timed out\n" + Self.copy)
    let recipient = try #require(report.recipients.first)
    #expect(recipient.action == .delayed && recipient.kind == .delayed && recipient.status?.class == 4)
  }

  @Test("fields for machines count even where they stand in the text")
  func fieldsInText() throws {
    let report = read(
      Self.robot
        + "Subject: Delivery failed\n\nTechnical report:\n\nReporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; "
        + "ada@b.example\nAction: failed\nStatus: 5.2.2\n")
    let recipient = try #require(report.recipients.first)
    #expect(recipient.address == "ada@b.example" && recipient.reason == .mailboxFull)
  }

  @Test("HTML is read if there is nothing else")
  func html() throws {
    let report = read(
      Self.robot + "Subject: Undeliverable\nContent-Type: text/html\n\n<p>Delivery has failed to these recipients:</p>"
        + "<p><b>&lt;ada@b.example&gt;</b><br>550 5.1.1 The e-mail address couldn&#39;t be found</p>")
    #expect(report.recipients.map(\.address) == ["ada@b.example"])
  }

  @Test(
    "what persons and other robots write is left alone",
    arguments: [
      // A person, and a person who asks about a report, quotes one, or forwards one.
      "From: Ada <ada@b.example>\nSubject: Hello\n\nThe mailbox of bo@b.example is full, ask later.\n",
      "From: Ada <ada@b.example>\nSubject: Re: Undeliverable mail\n\nWhat is this?\n\n> <bo@b.example>: 550 User unknown\n",
      "From: Ada <ada@b.example>\nSubject: Fwd: failure notice\n\nCould not be delivered to:\nbo@b.example: user unknown\n",
      // Somebody is away: with the empty return path that RFC 3834 asks for, too.
      "Return-Path: <>\nFrom: Ada <ada@b.example>\nSubject: Out of office: your mail\nAuto-Submitted: auto-replied\n\nI am away and your mail is not delivered to bo@b.example.\n",
      "From: Ada <ada@b.example>\nSubject: Abwesend\nAuto-Submitted: auto-replied\n\nBitte an bo@b.example wenden.\n",
      // Whoever writes must prove to be a person.
      "From: no-reply@b.example\nSubject: Please confirm your message\n\nYour message to ada@b.example is being held until you verify your address. It could not be delivered yet.\n",
      "From: ada@b.example\nSubject: Your message to the list awaits moderator approval\n\nIs being held.\n",
      // Read, and complained about.
      "From: Ada <ada@b.example>\nSubject: Read: a mail\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n--b\n\nread\n--b\nContent-Type: message/disposition-notification\n\nFinal-Recipient: rfc822; ada@b.example\nDisposition: manual-action/MDN-sent-manually; displayed\n--b--\n",
      "From: abuse@b.example\nSubject: complaint\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\n--b--\n",
      // A report that a person sends on, as it is.
      "From: Ada <ada@b.example>\nSubject: look at this\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nsee below\n--b\nContent-Type: message/rfc822\n\nFrom: MAILER-DAEMON@b.example\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: rfc822; bo@b.example\nAction: failed\n--b--\n",
      // A guest list that answers in the form of a report.
      "From: noreply@guests.example\nReturn-Path: <noreply@guests.example>\nSubject: Re: your mail\nContent-Type: multipart/report; boundary=b\n\n--b\n\nPlease join the guest list.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; a\n\nFinal-Recipient: rfc822; bo@b.example\nAction: failed\n--b--\n",
      "", "\n", "\u{0}", "Subject: Undeliverable\n\n",
    ])
  func leftAlone(_ text: String) {
    #expect(read(text) == Report())
  }
}
