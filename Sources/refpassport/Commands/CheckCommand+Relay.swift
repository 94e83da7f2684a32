import Cryptography
import Delivery
import Mail
import SMTP
import Settings

// What the relay offers, and whether it takes the senders that references go out with.
extension CheckCommand {
  static func relay(_ configuration: Settings.Configuration) async -> [Finding] {
    let transport: SMTPTransport
    let questions: [Envelope]
    do {
      transport = SMTPTransport(try Wiring.relay(configuration))
      questions = try self.questions(configuration.relay.bounceAddress)
    } catch {
      return [Finding(.failed, "relay", CommandFailure(error).sentence)]
    }
    switch await transport.probe(questions) {
    case .failure(let trouble): return [Finding(.failed, "relay", trouble.description)]
    case .success(let report):
      let how = report.isEncrypted ? "encrypted and verified" : "in clear"
      let who = report.isAuthenticated ? "logged in" : "without a login"
      var findings = [
        Finding(.passed, "relay", "\(configuration.relay.endpoint) answers, \(how), \(who)"),
        Finding(.passed, "relay, offers", offers(report.offered)),
      ]
      if !report.offered.dsn {
        findings.append(
          Finding(.warning, "relay", "it offers no DSN (RFC 3461): it sends no reports when asked to"))
      }
      findings.append(returnPath(configuration.relay.returnPath, report.verdicts))
      return findings
    }
  }

  /// The other way for alarms, if there is one: it is needed when the first is down.
  static func alarmRelay(_ configuration: Settings.Configuration) async -> [Finding] {
    guard let endpoint = configuration.notices.relay else { return [] }
    do {
      guard let relay = try Wiring.alarmRelay(configuration) else { return [] }
      switch await SMTPTransport(relay).probe() {
      case .success: return [Finding(.passed, "notices.relay_url", "\(endpoint) answers")]
      case .failure(let trouble): return [Finding(.failed, "notices.relay_url", trouble.description)]
      }
    } catch {
      return [Finding(.failed, "notices.relay_url", CommandFailure(error).sentence)]
    }
  }

  /// What the session may use, in the words of EHLO.
  static func offers(_ offered: Capabilities) -> String {
    var words: [String] = []
    if offered.pipelining { words.append("PIPELINING") }
    if offered.offersSize { words.append(offered.size.map { "SIZE \($0)" } ?? "SIZE") }
    if offered.dsn { words.append("DSN") }
    if offered.eightBitMIME { words.append("8BITMIME") }
    if offered.smtputf8 { words.append("SMTPUTF8") }
    if !offered.auth.isEmpty { words.append("AUTH " + offered.auth.sorted().joined(separator: " ")) }
    return words.isEmpty ? "no extension that references use" : words.joined(separator: ", ")
  }

  /// Mails from the bounce address to itself, with and without a tag: `plain`, `tagged sender`, `tagged recipient`.
  ///
  /// The relay is asked about them and gets none of them.
  private static func questions(_ bounceAddress: Address) throws -> [Envelope] {
    let tagged = try bounceAddress.tagged(with: VERPToken(bytes: Randomness.bytes(10)))
    return [(bounceAddress, bounceAddress), (tagged, bounceAddress), (bounceAddress, tagged)].map { sender, recipient in
      Envelope(sender: sender, recipient: recipient, dsn: DSNRequest(envid: "check"))
    }
  }

  static func returnPath(
    _ style: Settings.Configuration.Relay.ReturnPath, _ verdicts: [RelayReport.Verdict]
  ) -> Finding {
    let name = "relay, return path"
    switch (style, verdicts.first, verdicts.dropFirst().first, verdicts.dropFirst(2).first) {
    case (_, .refused(let code, let status)?, _, _):
      return Finding(
        .failed, name,
        "the relay refuses mail from smtp.bounce_address to itself (\(words(code, status))): it must exist, and the "
          + "relay must let this login send as it")
    case (.plain, .taken?, _, _):
      return Finding(.passed, name, "the relay takes the plain bounce address as sender")
    case (.verp, .taken?, .refused(let code, let status)?, _):
      return Finding(
        .failed, name,
        "the relay refuses tagged senders (\(words(code, status))): allow them, or set smtp.return_path: plain")
    case (.verp, .taken?, .taken?, .refused(let code, let status)?):
      return Finding(
        .warning, name,
        "the relay takes tagged senders but no mail to them (\(words(code, status))), so bounces would be lost: give the "
          + "mailbox subaddresses (+tag), or set smtp.return_path: plain")
    case (.verp, .taken?, .taken?, .taken?):
      return Finding(.passed, name, "the relay takes tagged senders, and mail to them")
    default:
      return Finding(.unproven, name, "the relay would not say now whether it takes the senders of references")
    }
  }

  private static func words(_ code: Int, _ status: EnhancedStatus?) -> String {
    status.map { "\(code) \($0)" } ?? "\(code)"
  }
}
