import Glibc

/// A server as a URL names it: scheme, host, port and path; no user, no password, no query.
package struct Endpoint: Sendable, Hashable, CustomStringConvertible {
  /// Lower case, such as `smtp`.
  package let scheme: String
  /// A DNS name in A-label form or an IP address; an IPv6 address stands here without its brackets.
  package let host: String
  package let port: UInt16
  /// Empty, or begins with a slash.
  package let path: String

  /// True if the host is this machine and nothing else: `localhost`, 127.0.0.0/8 or ::1.
  package var isLoopback: Bool { HostName.isLoopback(host) }

  private let impliedPort: UInt16

  /// The URL again; a port that the scheme implies is left out.
  package var description: String {
    let authority = host.contains(":") ? "[\(host)]" : host
    return "\(scheme)://\(authority)\(port == impliedPort ? "" : ":\(port)")\(path)"
  }

  /// Reads a URL whose scheme is one of `ports`, with the port each scheme implies.
  init(_ text: String, ports: KeyValuePairs<String, UInt16>) throws(Misfit) {
    let schemes = ports.map { "\($0.key)://" }.joined(separator: " or ")
    let misfit = Misfit(
      allowed: "a URL of the form \(schemes) HOST[:PORT] with a host name in its ASCII form")
    guard let separator = text.firstRange(of: "://") else { throw misfit }
    let scheme = text[..<separator.lowerBound].lowercased()
    guard let implied = ports.first(where: { $0.key == scheme })?.value else { throw misfit }
    let rest = text[separator.upperBound...]
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let path = rest[authority.endIndex...]
    if authority.contains("@") {
      throw Misfit(allowed: "a URL without user name and password; those have keys of their own")
    }
    // RFC 3986 §3.3: what may stand in a path, less what would begin a query or a fragment.
    guard path.utf8.allSatisfy({ (0x21...0x7E).contains($0) && !#"?#"<>\^`{|}"#.utf8.contains($0) }) else {
      throw Misfit(allowed: "a URL without query, fragment or spaces")
    }
    guard let (host, port) = HostName.split(authority, impliedPort: implied) else { throw misfit }
    (self.scheme, self.host, self.port, self.path) = (scheme, host, port, String(path))
    impliedPort = implied
  }
}

/// The address the console listens on: an IP address or `localhost`, and a port; port 0 lets the system choose.
package struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
  package let host: String
  package let port: UInt16

  package var isLoopback: Bool { HostName.isLoopback(host) }

  package var description: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  init(_ text: String) throws(Misfit) {
    guard let (host, port) = HostName.split(text[...], impliedPort: nil),
      host == "localhost" || HostName.isAddress(host)
    else { throw Misfit(allowed: "an IP address and a port, such as 127.0.0.1:8480 or [::1]:8480") }
    (self.host, self.port) = (host, port)
  }
}

/// Names of hosts as they stand in URLs.
enum HostName {
  /// Splits `HOST[:PORT]`; nil if either is malformed, or the port is missing where none is implied.
  static func split(_ authority: Substring, impliedPort: UInt16?) -> (host: String, port: UInt16)? {
    var rest = authority
    let host: String
    if rest.first == "[" {
      guard let end = rest.firstIndex(of: "]") else { return nil }
      host = rest[rest.index(after: rest.startIndex)..<end].lowercased()
      guard parses(host, as: AF_INET6) else { return nil }
      rest = rest[rest.index(after: end)...]
    } else {
      host = rest.prefix { $0 != ":" }.lowercased()
      guard isName(host) else { return nil }
      rest = rest.dropFirst(host.count)
    }
    if rest.isEmpty { return impliedPort.map { (host, $0) } }
    let digits = rest.dropFirst()
    guard rest.first == ":", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
      let port = UInt16(digits),
      port > 0 || impliedPort == nil
    else { return nil }
    return (host, port)
  }

  /// True for a DNS name of letters, digits and hyphens (RFC 1123 §2.1); an IPv4 address is one in this sense.
  static func isName(_ text: String) -> Bool {
    guard (1...253).contains(text.utf8.count) else { return false }
    return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { isLabel($0) }
  }

  /// True for one label of a DNS name: 1–63 letters, digits and inner hyphens.
  static func isLabel(_ text: Substring) -> Bool {
    (1...63).contains(text.utf8.count) && text.first != "-" && text.last != "-"
      && text.utf8.allSatisfy { byte in
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
          || byte == 0x2D
      }
  }

  static func isAddress(_ host: String) -> Bool { parses(host, as: AF_INET) || parses(host, as: AF_INET6) }

  static func isLoopback(_ host: String) -> Bool {
    host == "localhost" || (parses(host, as: AF_INET) && host.hasPrefix("127.")) || host == "::1"
  }

  private static func parses(_ host: String, as family: Int32) -> Bool {
    var storage = in6_addr()
    return inet_pton(family, host, &storage) == 1
  }
}
