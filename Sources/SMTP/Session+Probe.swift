import Mail

// Asking the relay about a mail that is not sent.
extension Session {
  /// Says MAIL and RCPT, and takes both back by RSET (RFC 5321 §4.1.1.5): no DATA, so nothing is mailed.
  func verdict(on envelope: Envelope) -> RelayReport.Verdict {
    guard let mail = try? envelope.mailCommand(preamble.offered, size: 0),
      let rcpt = try? envelope.rcptCommand(preamble.offered)
    else { return .unproven }
    var verdict = RelayReport.Verdict.taken
    for line in [mail, rcpt] where verdict == .taken {
      switch exchange([line], limit: timeouts.rcpt) {
      case .reply(let reply) where reply.isPositive: break
      case .reply(let reply) where reply.isPermanent: verdict = .refused(code: reply.code, reply.enhanced)
      default: verdict = .unproven
      }
    }
    _ = exchange(["RSET"], limit: timeouts.quit)
    return verdict
  }
}
