import Foundation

/// A request of HTTP/1.1 (RFC 9112) as it came over a connection.
package struct LoopbackRequest: Sendable {
  /// The request line, without its line end.
  package var line: String
  /// By lower-case name.
  package var headers: [String: String]
  package var body: [UInt8]

  /// Reads one; nil at the end of the connection, for a header without a name, and for more than a stand-in takes: lines
  /// of about 64 KiB, a hundred headers, a body of 1 MiB.
  package init?(from stream: LoopbackStream) {
    func next() -> String? {
      stream.line(limit: 1 << 16).map {
        String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      }
    }
    guard let line = next() else { return nil }
    self.line = line
    headers = [:]
    while true {
      guard let header = next(), headers.count < 100 else { return nil }
      if header.isEmpty { break }
      let parts = header.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      guard parts.count == 2, !parts[0].isEmpty else { return nil }
      headers[parts[0].lowercased()] = parts[1]
    }
    guard let length = Int(headers["content-length"] ?? "0"), (0...1 << 20).contains(length),
      let body = stream.octets(length)
    else { return nil }
    self.body = Array(body)
  }
}
