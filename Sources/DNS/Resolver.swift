import CResolv
import Dispatch
import Reference

/// Asks for TXT records through the system's resolver library.
package struct Resolver: TXTLookup {
  private let server: NameServer?

  /// Seconds that one try waits; there are two.
  private static let seconds: Int32 = 3
  private static let tries: Int32 = 2

  /// - Parameter server: asks this one only; nil for the servers of `/etc/resolv.conf`.
  package init(server: NameServer? = nil) { self.server = server }

  /// The texts at `name`; empty if there are none.
  ///
  /// Throws `DNSError`.
  package func texts(at name: String) async throws -> [String] {
    guard DNSName.isUsable(name) else { throw DNSError.unusableName }
    // The library blocks, so it runs where blocking hurts nobody.
    return try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async {
        continuation.resume(with: Result { try ask(name) })
      }
    }
  }

  private func ask(_ name: String) throws -> [String] {
    var state = cresolv_state()
    guard cresolv_init(&state) == 0 else { throw DNSError.noAnswer }
    defer { cresolv_close(&state) }
    cresolv_limit(&state, Self.seconds, Self.tries)
    if let server {
      guard cresolv_use_server(&state, server.address, server.port) == 1 else {
        throw DNSError.unusableServer
      }
    }
    var answer = [UInt8](repeating: 0, count: 65_535)
    let count = cresolv_query_txt(&state, name, &answer, Int32(answer.count))
    guard count >= 0 else {
      let error = cresolv_error(&state)
      // "No such name" and "no such record" are answers.
      if error == HOST_NOT_FOUND || error == NO_DATA { return [] }
      throw DNSError.noAnswer
    }
    return try TXTAnswer.texts(in: Array(answer.prefix(Int(count))))
  }
}
