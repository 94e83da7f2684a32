import Foundation

/// The stand-in over TLS, with a certificate that nobody trusts of themselves: whether a client refuses it can be seen here.
package final class BobTLSDoor: Sendable {
  private let listener = LoopbackListener()
  package let port: Int

  /// Begins to serve on 127.0.0.1.
  ///
  /// - Parameters:
  ///   - identity: with the names in its certificate; another host's is a wrong one.
  ///   - port: 0 takes a free one.
  package init(_ bob: SandboxBob, identity: SMTPSinkIdentity, port: Int = 0) throws {
    self.port = try listener.start(port: port) { stream in
      guard stream.startTLS(identity) else { return }
      while let reply = Self.reply(to: stream, by: bob) {
        guard stream.write(reply.head), stream.write(reply.body) else { return }
      }
    }
  }

  package func stop() async { await listener.stop() }

  /// Reads one request and has it answered; nil at the end of the connection, or if an answer is to break off.
  private static func reply(to stream: LoopbackStream, by bob: SandboxBob) -> (head: String, body: [UInt8])? {
    func line() -> String? {
      stream.line(limit: 1 << 16).map {
        String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
      }
    }
    guard let words = line()?.split(separator: " "), words.count == 3 else { return nil }
    var headers: [String: String] = [:]
    while let header = line(), !header.isEmpty {
      let parts = header.split(separator: ":", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      headers[parts[0].lowercased()] = parts.count > 1 ? parts[1] : ""
    }
    let length = min(max(0, headers["content-length"].flatMap { Int($0) } ?? 0), 1 << 20)
    guard let body = stream.octets(length) else { return nil }
    let reply = bob.reply(
      method: String(words[0]), target: String(words[1]), authorization: headers["authorization"],
      contentType: headers["content-type"], body: Array(body))
    guard reply.ending == .whole else { return nil }
    var told = reply.headers
    told["content-length"] = "\(reply.body.count)"
    let lines = told.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
    return ("HTTP/1.1 \(reply.status) \(reply.status)\r\n\(lines.joined())\r\n", reply.body)
  }
}
