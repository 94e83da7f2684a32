package import Delivery
import Foundation
package import Mail

/// Writes the appliance's mails from the templates of one locale.
///
/// * All templates are read and checked once, at start; a mail cannot fail on a template later.
/// * Whatever stands in a value stays a value: no header, no tag, no line of its own can come out of it.
/// * The same mail composed twice has the same bytes.
package struct TemplateComposer: Composer {
  private let templates: [TemplateRole: Template]
  private let organisation: Organisation
  private let from: Mailbox
  private let replyTo: Mailbox?
  private let verifyURL: String

  /// Loads `directory/locale/*.mustache` and checks each; throws the faults of all of them together.
  ///
  /// - Parameter verifyURL: the public page that verifies references, as it is to be printed.
  package init(
    directory: String, locale: String, organisation: Organisation, from: Mailbox, replyTo: Mailbox?,
    verifyURL: String
  ) throws(TemplateError) {
    var templates: [TemplateRole: Template] = [:]
    var faults: [TemplateFault] = []
    for role in TemplateRole.all {
      let file = "\(directory)/\(locale)/\(role.file)"
      switch Self.load(file, role: role) {
      case .success(let template): templates[role] = template
      case .failure(.faulty(let found)): faults += found
      }
    }
    guard faults.isEmpty else { throw .faulty(faults) }
    self.templates = templates
    self.organisation = organisation
    self.from = from
    self.replyTo = replyTo
    self.verifyURL = verifyURL
  }

  package func compose(_ mail: LeaverMail) throws -> [UInt8] {
    var values: [Field: String] = common
    values[.name] = mail.facts.name
    values[.title] = mail.facts.title
    values[.department] = mail.facts.department
    values[.start] = mail.facts.start?.description
    values[.end] = mail.facts.end?.description
    values[.verifyURL] = verifyURL
    values[.caseNumber] = mail.caseID.description
    let content = Part.mixed([
      .alternative([
        .plainText(render(.leaver, .text, values)), .html(render(.leaver, .html, values)),
      ]),
      .attachment(name: "reference.pdf", type: .pdf, bytes: mail.document),
      .attachment(name: "receipt.json", type: .json, bytes: mail.receipt),
    ])
    return try Message(
      from: from, to: mail.recipient, replyTo: replyTo, subject: render(.leaver, .subject, values),
      date: mail.date,
      id: mail.messageID, content: content
    ).bytes()
  }

  package func compose(_ notice: Notice) throws -> [UInt8] {
    var values = common
    let lines = notice.items.map { item in item.caseID.map { "\($0): \(item.detail)" } ?? item.detail }
    let detail = lines.joined(separator: "\n")
    values[.count] = String(notice.items.count)
    values[.detail] = detail
    let timestamp = notice.items.compactMap(\.timestamp).prefix(1)
    if !timestamp.isEmpty { values[.timestamp] = "checkpoint.tsr" }
    let kind = Self.mail(of: notice.kind)
    var content = Part.plainText(render(kind, .text, values))
    // A checkpoint is signed text: the attachment keeps its bytes.
    if notice.kind == .checkpoint, let plain = MediaType("text/plain") {
      content = .mixed(
        [content, .attachment(name: "checkpoint.txt", type: plain, bytes: Array(detail.utf8))]
          + timestamp.map { .attachment(name: "checkpoint.tsr", type: .timestampReply, bytes: $0) })
    }
    return try Message(
      from: from, to: notice.recipient, replyTo: replyTo, subject: render(kind, .subject, values),
      date: notice.date,
      id: notice.messageID, content: content
    ).bytes()
  }

  private var common: [Field: String] { [.organisation: organisation.name, .domain: organisation.domain] }

  private func render(_ mail: TemplateRole.Mail, _ medium: TemplateRole.Medium, _ values: [Field: String])
    -> String
  {
    templates[TemplateRole(mail: mail, medium: medium)]?.render(values) ?? ""
  }

  private static func mail(of kind: Notice.Kind) -> TemplateRole.Mail {
    switch kind {
    case .held: .held
    case .undeliverable: .undeliverable
    case .overdue: .overdue
    case .alarm: .alarm
    case .allClear: .allClear
    case .checkpoint: .checkpoint
    }
  }

  private static func load(_ file: String, role: TemplateRole) -> Result<Template, TemplateError> {
    guard let data = FileManager.default.contents(atPath: file) else {
      return .failure(.faulty([TemplateFault(file: file, line: 0, reason: "is missing or may not be read")]))
    }
    guard let source = String(validating: data, as: UTF8.self) else {
      return .failure(.faulty([TemplateFault(file: file, line: 0, reason: "is not UTF-8 text")]))
    }
    return Template.check(source, role: role, file: file)
  }
}
