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
      while let request = LoopbackRequest(from: stream) {
        let words = request.line.split(separator: " ")
        guard words.count == 3 else { return }
        let reply = bob.reply(
          method: String(words[0]), target: String(words[1]), authorization: request.headers["authorization"],
          contentType: request.headers["content-type"], body: request.body)
        guard Self.send(reply, over: stream) else { return }
      }
    }
  }

  package func stop() async { await listener.stop() }

  /// Sends an answer as it is to go out; false if the connection has ended with it.
  private static func send(_ reply: SandboxBob.Reply, over stream: LoopbackStream) -> Bool {
    switch reply.ending {
    case .whole:
      return stream.write(head(of: reply)) && stream.write(reply.body)
    case .slowHead:
      usleep(UInt32(BobAnswer.Ending.lateness) * 1000)
      return stream.write(head(of: reply)) && stream.write(reply.body)
    case .slowBody:
      guard stream.write(head(of: reply)) else { return false }
      for piece in BobAnswer.pieces(of: reply.body) {
        guard stream.write(Array(piece)) else { return false }
        usleep(UInt32(BobAnswer.Ending.pause) * 1000)
      }
      return true
    case .truncated, .reset:
      stream.write(head(of: reply))
      stream.write(Array(reply.body.prefix(reply.body.count / 2)))
      reply.ending == .reset ? stream.reset() : stream.leave()
    case .drop:
      stream.leave()
    case .endless:
      let blanks = [UInt8](repeating: UInt8(ascii: " "), count: 1 << 16)
      guard stream.write(head(of: reply, hasLength: false)), stream.write(reply.body) else { return false }
      while stream.write(blanks) {}
    }
    return false
  }

  /// - Parameter hasLength: without a length the body ends with the connection (RFC 9112, section 6.3).
  private static func head(of reply: SandboxBob.Reply, hasLength: Bool = true) -> String {
    var told = reply.headers
    told[hasLength ? "content-length" : "connection"] = hasLength ? "\(reply.body.count)" : "close"
    let lines = told.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)\r\n" }
    return "HTTP/1.1 \(reply.status) \(reply.status)\r\n\(lines.joined())\r\n"
  }
}
