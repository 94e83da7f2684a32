/// Why templates cannot be used; found at start, so that no leaver's mail finds out.
package enum TemplateError: Error, Sendable, Hashable {
  /// Files are missing or wrong: mend them.
  case faulty([TemplateFault])
}

extension TemplateError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .faulty(let faults): faults.map(\.description).joined(separator: "\n")
    }
  }
}

/// One thing that is wrong with a template, and what would be right.
package struct TemplateFault: Error, Sendable, Hashable, CustomStringConvertible {
  package var file: String
  /// Counted from 1; 0 means the file as a whole.
  package var line: Int
  package var reason: String

  package var description: String { line == 0 ? "\(file): \(reason)" : "\(file):\(line): \(reason)" }
}
