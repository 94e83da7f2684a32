import Delivery
import Foundation
import Testing

@testable import Templates

/// What the author of a template reads after a mistake.
@Suite struct TemplateCheckTests {
  private static let pragma = "{{% CONTENT_TYPE:TEXT}}\n"
  private static let leaver = pragma + "{{name}} {{organisation}} {{verify_url}} {{case}}\n"

  private func complaint(_ source: String, _ mail: TemplateRole.Mail, _ medium: TemplateRole.Medium) -> String {
    let role = TemplateRole(mail: mail, medium: medium)
    guard case .failure(let error) = Template.check(source, role: role, file: "t") else { return "" }
    return error.description
  }

  @Test("a template with all it must have is taken, with comments and sections for what may be missing")
  func taken() {
    #expect(complaint(Self.leaver, .leaver, .text) == "")
    let more =
      Self.leaver
      + "{{! a remark with {{ braces }}\n{{#title}}as {{title}}{{/title}}{{^title}}{{ end }}{{/title}}"
    #expect(complaint(more, .leaver, .text) == "")
    #expect(complaint("<p>{{name}} {{organisation}} {{ verify_url }} {{case}}</p>", .leaver, .html) == "")
  }

  @Test(
    "a mistake is named with its line and the nearest field",
    arguments: [
      ("Hello {{nmae}}\n", "t:3: {{nmae}} is no field; did you mean {{name}}?"),
      ("\n\n{{#tilte}}x{{/tilte}}", "t:5: {{tilte}} is no field; did you mean {{title}}?"),
      (
        "{{salary}}",
        "t:3: {{salary}} is no field; fields here are name, title, department, start, end, organisation"
      ),
      ("{{detail}}", "t:3: {{detail}} is no field"),
      ("{{uppercased(name)}}", "t:3: {{uppercased(name)}} is no field"),
      ("{{.}}", "t:3: {{.}} is no field"),
      ("{{{name}}}", "t:3: {{name}} must stand between two braces: values are always escaped"),
      ("{{&name}}", "t:3: {{name}} must stand between two braces: values are always escaped"),
      ("{{> other}}", "t:3: partials, inheritance and other delimiters are not used in mail templates"),
      ("{{=<% %>=}}", "t:3: partials, inheritance and other delimiters"),
      ("{{% CONTENT_TYPE:HTML}}", "t:1: must begin with {{% CONTENT_TYPE:TEXT}}, and only once"),
      ("{{#title}}", "t:3: is not valid mustache here"),
      ("{{#title}}\n{{/name}}", "is not valid mustache here"),
      ("{{name", "t:3: is not valid mustache here"),
    ])
  func mistakes(_ addition: String, _ sentence: String) {
    #expect(complaint(Self.leaver + addition, .leaver, .text).contains(sentence))
  }

  @Test("text that does not say so would be escaped for HTML: it is refused")
  func pragmas() {
    let bare = String(Self.leaver.dropFirst(Self.pragma.count))
    #expect(complaint(bare, .leaver, .text) == "t:1: must begin with {{% CONTENT_TYPE:TEXT}}, and only once")
    #expect(
      complaint(bare + Self.pragma, .leaver, .text)
        == "t:2: must begin with {{% CONTENT_TYPE:TEXT}}, and only once")
    #expect(complaint(Self.leaver, .leaver, .html) == "t:1: an HTML template has no {{% … }} line")
  }

  @Test(
    "what every mail must hold may be neither left out nor made conditional",
    arguments: TemplateRole.all.flatMap { role in
      role.required.map { (role.mail.rawValue, role.medium.rawValue, $0.rawValue) }
    })
  func required(_ mail: String, _ medium: String, _ field: String) throws {
    let role = TemplateRole(
      mail: try #require(TemplateRole.Mail(rawValue: mail)),
      medium: try #require(TemplateRole.Medium(rawValue: medium)))
    let all = role.required.map { "{{\($0.rawValue)}}" }.joined(separator: " ")
    let head = role.medium == .html ? "" : Self.pragma
    #expect(complaint(head + all, role.mail, role.medium) == "")
    for hidden in ["", "{{#organisation}}{{\(field)}}{{/organisation}}", "{{! {{\(field)}} }}"] {
      let without = head + "x " + all.replacingOccurrences(of: "{{\(field)}}", with: hidden)
      #expect(
        complaint(without, role.mail, role.medium).contains(
          "t: {{\(field)}} is missing; it must stand outside of sections"))
    }
  }

  @Test(
    "no subject may hold anything of a person", arguments: ["name", "title", "department", "start", "end"])
  func subjects(_ field: String) {
    for mail in TemplateRole.Mail.allCases {
      let complaint = complaint(Self.pragma + "{{organisation}} {{\(field)}}", mail, .subject)
      #expect(complaint.contains("t:2: {{\(field)}} must not stand in a subject"))
    }
  }

  @Test("a subject is one line", arguments: ["{{organisation}}\nsecond", "{{organisation}}\r\n\r\nBcc: x"])
  func oneLine(_ subject: String) {
    #expect(
      complaint(Self.pragma + subject, .leaver, .subject) == "t: must be one line of text after its pragma")
  }

  @Test("an optional value that is missing takes its section with it")
  func sections() throws {
    let source =
      Self.pragma + "{{#title}}as {{title}} of {{organisation}}{{/title}}{{^title}}nothing{{/title}}"
    let role = TemplateRole(mail: .checkpoint, medium: .text)
    #expect(complaint(source, role.mail, role.medium).contains("{{title}} is no field"))
    let full = Self.leaver + source.dropFirst(Self.pragma.count)
    let template = try Template.check(
      String(full), role: TemplateRole(mail: .leaver, medium: .text), file: "t"
    ).get()
    let values: [Field: String] = [.name: "N", .organisation: "O", .verifyURL: "V", .caseNumber: "C"]
    #expect(template.render(values).hasSuffix("nothing"))
    #expect(template.render(values.merging([.title: "T & T"]) { $1 }).hasSuffix("as T & T of O"))
  }

  @Test("at start, the faults of all files are reported together, missing files among them")
  func together() throws {
    let directory = NSTemporaryDirectory() + "templates-" + UUID().uuidString
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try FileManager.default.copyItem(atPath: Post.shipped, toPath: directory)
    try FileManager.default.removeItem(atPath: directory + "/en-GB/held.text.mustache")
    try Data([0xFF]).write(to: URL(fileURLWithPath: directory + "/en-GB/leaver.html.mustache"))
    try Data((Self.leaver + "{{nmae}}").utf8).write(
      to: URL(fileURLWithPath: directory + "/en-GB/leaver.text.mustache"))
    let error = try #require(throws: TemplateError.self) { try Post.composer(directory: directory) }
    #expect(
      error.description.replacingOccurrences(of: directory, with: "").components(separatedBy: "\n") == [
        "/en-GB/leaver.text.mustache:3: {{nmae}} is no field; did you mean {{name}}?",
        "/en-GB/leaver.html.mustache: is not UTF-8 text",
        "/en-GB/held.text.mustache: is missing or may not be read",
      ])
  }

  @Test("a locale without templates says which files are missing")
  func noLocale() throws {
    let error = try #require(throws: TemplateError.self) { try Post.composer(directory: "/nonexistent") }
    #expect(error.description.components(separatedBy: "\n").count == TemplateRole.all.count)
  }
}
