import Foundation
import Mustache

/// A template that was found to be fit for its role: it parses, and asks for the fields it may and must ask for.
struct Template: Sendable {
  private let mustache: MustacheTemplate
  private let medium: TemplateRole.Medium

  /// The first line of templates that are no HTML.
  static let textPragma = "CONTENT_TYPE:TEXT"

  /// Parses and checks; `file` is only named in faults.
  static func check(_ source: String, role: TemplateRole, file: String) -> Result<Template, TemplateError> {
    let faults: [TemplateFault]
    do throws(TemplateFault) {
      let template = try Template(source, medium: role.medium, file: file)
      faults = TemplateCheck(role: role, file: file).faults(in: source) + template.shapeFaults(file: file)
      if faults.isEmpty { return .success(template) }
    } catch { return .failure(.faulty([error])) }
    return .failure(.faulty(faults))
  }

  /// HTML is rendered as text too, from values that `Printable` has escaped: the library escapes whole characters, so that a
  /// quotation mark with an accent on it would pass as it is.
  private init(_ source: String, medium: TemplateRole.Medium, file: String) throws(TemplateFault) {
    self.medium = medium
    do {
      mustache = try MustacheTemplate(string: medium == .html ? "{{% \(Self.textPragma)}}" + source : source)
    } catch let error as MustacheTemplate.ParserError {
      throw TemplateFault(
        file: file, line: error.context.lineNumber, reason: "is not valid mustache here (\(error.error))")
    } catch {
      throw TemplateFault(file: file, line: 0, reason: "is not valid mustache")
    }
  }

  /// Fills in the values; a field without one is empty, and its section is left out.
  func render(_ values: [Field: String]) -> String {
    var printable: [String: String] = [:]
    for (field, value) in values {
      let clean = field == .detail && medium != .subject ? Printable.lines(value) : Printable.line(value)
      printable[field.rawValue] = medium == .html ? Printable.html(clean) : clean
    }
    let text = mustache.render(printable)
    return medium == .subject ? text.trimmingCharacters(in: .whitespacesAndNewlines) : text
  }

  /// A subject is one line that is not empty.
  private func shapeFaults(file: String) -> [TemplateFault] {
    guard medium == .subject else { return [] }
    let sample = render(Dictionary(uniqueKeysWithValues: Field.allCases.map { ($0, "x") }))
    guard sample.isEmpty || sample.contains(where: \.isNewline) else { return [] }
    return [TemplateFault(file: file, line: 0, reason: "must be one line of text after its pragma")]
  }
}
