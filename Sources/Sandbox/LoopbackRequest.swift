import Foundation

/// A request of HTTP/1.1 (RFC 9112) as it came over a connection.
package struct LoopbackRequest: Sendable {
  /// The request line, without its line end.
  package var line: String
  /// By lower-case name.
  package var headers: [String: String]
  package var body: [UInt8]

  /// Reads one; nil at the end of the connection, and for what is no request or is longer than a stand-in takes.
  package init?(from stream: LoopbackStream) {
    func next() -> String? {
      stream.line(limit: 1 << 16).map {
        String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      }
    }
    guard let line = next() else { return nil }
    self.line = line
    headers = [:]
    while let header = next(), !header.isEmpty {
      let parts = header.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      headers[parts[0].lowercased()] = parts.count > 1 ? parts[1] : ""
    }
    let length = min(max(0, headers["content-length"].flatMap { Int($0) } ?? 0), 1 << 20)
    guard let body = stream.octets(length) else { return nil }
    self.body = Array(body)
  }
}
