/// What a phrase in a report is a sign of: why a delivery failed, or what kind of message this is.
///
/// The order of the reasons is their rank: where several stand in one text, the first counts.
enum ReportSign: Int, CaseIterable {
  case mailboxFull, messageTooBig, mailboxDisabled, rateLimited, senderRefused, hostUnknown, userUnknown, blocked, spam
  case mailLoop, expired, network, content, policy, system
  /// It was refused after its recipient had been taken: for what it is, or by the recipient's own rules.
  case filtered
  /// The message says that a mail was not delivered; or, less clearly, that something went wrong with one.
  case failure, trouble
  /// It will be tried again.
  case delay
  /// A mail was delivered.
  case success
  /// An address, or several, will follow.
  case announcement
  /// The sender must prove to be a person, or must wait for one.
  case challenge
  /// Somebody is away, or thanks for the mail.
  case absence
  /// From here on the mail that was sent is quoted.
  case copy

  var bit: PhraseMatcher.Signs { 1 << UInt64(rawValue) }

  /// The first reason among `signs`.
  static func reason(_ signs: PhraseMatcher.Signs) -> ReportSign? {
    allCases.first { $0.rawValue <= ReportSign.system.rawValue && signs & $0.bit != 0 }
  }

  static let matcher = PhraseMatcher(
    (reasons + natures).flatMap { sign, phrases in phrases.map { ($0, sign.rawValue) } })
}

extension PhraseMatcher.Signs {
  func has(_ sign: ReportSign) -> Bool { self & sign.bit != 0 }
}
