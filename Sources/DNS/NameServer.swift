/// The server to ask instead of the system's: an IPv4 address and a port.
package struct NameServer: Hashable, Sendable {
  let address: String
  let port: UInt16

  /// Reads `127.0.0.1:53` or `127.0.0.1`; nil for anything else.
  package init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard (1...2).contains(parts.count), let host = parts.first else { return nil }
    let octets = host.split(separator: ".", omittingEmptySubsequences: false)
    guard octets.count == 4, octets.allSatisfy({ UInt8($0).map { String($0) } == String($0) }) else {
      return nil
    }
    address = String(host)
    guard let port = parts.count == 2 ? UInt16(parts[1]) : 53, port > 0 else { return nil }
    self.port = port
  }
}
