/// Why a configuration, a policy or a secret could not be read; every sentence is for the operator who must mend it.
///
/// No sentence holds a value: a value in the wrong place may be a secret. They name file, line, key and the shape that
/// is allowed.
package enum ConfigurationError: Error, Sendable, Hashable {
  /// The file could not be opened or is no text: mend the path or its rights.
  case unreadable(file: String, reason: String)
  /// The file was read and these things are wrong with it, in the order of their lines.
  case invalid([Problem])
  /// A secret could not be had: mend its file, variable or credential.
  case secret(key: String, reason: String)

  /// Most problems printed at once; the rest is counted.
  package static let reportLimit = 20
}

extension ConfigurationError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .unreadable(let file, let reason): return "\(file): \(reason)"
    case .secret(let key, let reason): return "\(key): \(reason)"
    case .invalid(let problems):
      var lines = problems.prefix(Self.reportLimit).map(\.description)
      if problems.count > Self.reportLimit {
        lines.append("… and \(problems.count - Self.reportLimit) more")
      }
      return lines.joined(separator: "\n")
    }
  }
}

/// One thing that is wrong with a configuration: where, which key, and what would be right.
package struct Problem: Sendable, Hashable, CustomStringConvertible {
  package var origin: Origin
  /// The dotted key, such as `smtp.tls`; empty if the trouble is the file itself.
  package var key: String
  /// What is wrong and what is allowed; never the value.
  package var reason: String

  package var description: String {
    key.isEmpty ? "\(origin): \(reason)" : "\(origin): \(key): \(reason)"
  }
}

/// Where a value was written.
package enum Origin: Sendable, Hashable, CustomStringConvertible {
  /// In this file, at this line counted from 1; line 0 means the file as a whole.
  case file(String, line: Int)
  /// In this environment variable.
  case environment(String)
  /// Nowhere: the key's default.
  case standard

  package var description: String {
    switch self {
    case .file(let name, line: 0): name
    case .file(let name, let line): "\(name):\(line)"
    case .environment(let variable): variable
    case .standard: "default"
    }
  }

  /// By line, then variables, then what is missing from the file altogether.
  fileprivate var order: Int {
    switch self {
    case .file(_, line: 0): Int.max
    case .file(_, let line): line
    case .environment, .standard: Int.max - 1
    }
  }
}

/// A value that is not of the allowed shape; `allowed` completes the sentence "must be …".
struct Misfit: Error {
  var allowed: String
}

extension [Problem] {
  /// As an operator works through them: by line, and what is missing at the end.
  var inOrder: [Problem] {
    enumerated().sorted { ($0.element.origin.order, $0.offset) < ($1.element.origin.order, $1.offset) }.map(
      \.element)
  }
}
