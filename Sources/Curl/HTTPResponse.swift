/// The head of an answer; the body went to the caller while it arrived.
package struct HTTPResponse: Sendable, Hashable {
  /// 100…599.
  ///
  /// A redirect is an answer like any other and is not followed.
  package let status: Int
  /// Values by lower-case name; what is repeated is joined by ", " (RFC 9110 §5.3).
  package let headers: [String: String]

  package init(status: Int, headers: [String: String] = [:]) {
    self.status = status
    self.headers = headers
  }

  /// The media type in lower case, without parameters; nil if none was told.
  package var contentType: String? {
    guard let value = headers["content-type"]?.prefix(while: { $0 != ";" }) else { return nil }
    let type = value.lowercased().filter { $0 != " " && $0 != "\t" }
    return type.isEmpty ? nil : type
  }
}

/// Collects header lines while they arrive.
///
/// An interim answer (100, 103) is replaced by what follows it.
struct HTTPHead {
  private(set) var headers: [String: String] = [:]

  mutating func add(line: String) {
    if line.hasPrefix("HTTP/") {
      headers = [:]
      return
    }
    guard let colon = line.firstIndex(of: ":") else { return }
    let name = line[..<colon].lowercased()
    let value = String(line[line.index(after: colon)...].trimmingSpaces())
    headers[name] = headers[name].map { $0 + ", " + value } ?? value
  }
}

extension Substring {
  fileprivate func trimmingSpaces() -> Substring {
    let isSpace: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" || $0 == "\n" || $0 == "\r\n" }
    var rest = drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return rest
  }
}
