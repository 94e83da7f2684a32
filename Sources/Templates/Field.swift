/// The values a template may ask for; the raw value is the word between the braces.
enum Field: String, Sendable, Hashable, CaseIterable {
  case name, title, department, start, end
  case organisation, domain
  case verifyURL = "verify_url"
  /// The number of the case.
  case caseNumber = "case"
  /// How many things a notice tells.
  case count
  /// What a notice tells, one thing a line, or the text of a checkpoint.
  case detail
  /// The name of the file with the checkpoint's timestamp; empty if it has none.
  case timestamp

  /// True for what a leaver could be known by.
  var isPersonal: Bool { [.name, .title, .department, .start, .end].contains(self) }
}

/// What one template is for, a mail and a part of it; this decides on the fields.
struct TemplateRole: Sendable, Hashable {
  enum Mail: String, Sendable, Hashable, CaseIterable {
    case leaver, held, undeliverable, overdue, alarm
    case allClear = "all-clear"
    case checkpoint
  }
  enum Medium: String, Sendable, Hashable { case subject, text, html }

  let mail: Mail
  let medium: Medium

  /// `leaver.text.mustache`.
  var file: String { "\(mail.rawValue).\(medium.rawValue).mustache" }

  /// Every template there must be; notices go without HTML.
  static let all: [TemplateRole] = Mail.allCases.flatMap { mail in
    let media: [Medium] = mail == .leaver ? [.subject, .text, .html] : [.subject, .text]
    return media.map { TemplateRole(mail: mail, medium: $0) }
  }

  /// What it may use; a subject, which every server on the way can see, holds nothing of a person.
  var known: [Field] {
    switch (mail, medium) {
    case (.leaver, .subject): [.organisation, .caseNumber]
    case (.leaver, _):
      [.name, .title, .department, .start, .end, .organisation, .domain, .verifyURL, .caseNumber]
    case (.held, .subject), (.undeliverable, .subject), (.overdue, .subject): [.organisation, .count]
    case (_, .subject): [.organisation]
    case (.checkpoint, _): [.organisation, .domain, .count, .detail, .timestamp]
    case (_, _): [.organisation, .domain, .count, .detail]
    }
  }

  /// What it must use, outside of every section, so that it is always there.
  var required: [Field] {
    switch (mail, medium) {
    case (.leaver, .subject): [.organisation]
    case (.leaver, _): [.name, .organisation, .verifyURL, .caseNumber]
    case (_, .subject): []
    case (_, _): [.detail]
    }
  }
}
