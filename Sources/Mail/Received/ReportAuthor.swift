/// Who wrote a message, as far as its header shows: a mail system, a robot that answers for a person, or a person.
struct ReportAuthor: Sendable {
  private let isMailSystem: Bool
  private let isRobot: Bool
  private let hasNoReturnPath: Bool
  private let answers: Bool
  private let namesFailed: Bool

  init(_ header: ReceivedFields) {
    let from = header.first("from") ?? ""
    isMailSystem = Self.isMailSystem(from)
    isRobot = Self.names.signs(in: Array(from.lowercased().utf8)) & 2 != 0
    let path = header.first("return-path")
    hasNoReturnPath = path.map { $0.isEmpty || $0 == "<>" || Self.isMailSystem($0) } ?? false
    let subject = (header.first("subject") ?? "").lowercased()
    answers =
      ["re:", "aw:", "sv:", "fwd:", "fw:", "wg:", "antw:", "tr:", "rv:"].contains { subject.hasPrefix($0) }
      || header.first("auto-submitted")?.lowercased().hasPrefix("auto-replied (vacation)") == true
    namesFailed = header.first("x-failed-recipients") != nil
  }

  /// True unless a person, or somebody in the name of one, answers a mail.
  var mayReport: Bool { isMailSystem || hasNoReturnPath || !answers }

  /// Decides whether this is a report in words, by the signs in its subject and in its own words.
  ///
  /// - Parameter returnsMail: true if the mail that it speaks of is quoted.
  func writesReport(subject: PhraseMatcher.Signs, text: PhraseMatcher.Signs, returnsMail: Bool) -> Bool {
    if namesFailed { return true }
    let failure = subject.has(.failure) || subject.has(.delay) || text.has(.failure) || text.has(.delay)
    guard failure, !answers else { return false }
    if subject.has(.absence) || subject.has(.challenge) { return false }
    if isMailSystem { return !text.has(.challenge) || subject.has(.failure) || subject.has(.delay) }
    if text.has(.challenge) || text.has(.absence) { return false }
    if hasNoReturnPath { return true }
    if isRobot, returnsMail { return text.has(.failure) && ReportSign.reason(text) != nil }
    return subject.has(.failure) && text.has(.failure)
  }

  /// True for the addresses and names that mail systems write under.
  static func isMailSystem(_ from: String) -> Bool { names.signs(in: Array(from.lowercased().utf8)) & 1 != 0 }

  private static let names = PhraseMatcher(
    [
      "mailer-daemon", "mailer daemon", "mailer_daemon", "mailerdaemon", "mdaemon@", "mail-daemon", "postmaster",
      "mail delivery", "mail deliver ", "mail system", "mail administrator", "mmdf@", "system administrator",
    ].map { ($0, 0) } + ["no-reply", "noreply", "do-not-reply", "donotreply", "autoreply"].map { ($0, 1) })
}
