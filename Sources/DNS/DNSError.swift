/// Why DNS told nothing, named for what the caller does next.
///
/// No case repeats a name.
package enum DNSError: Error, Hashable, Sendable {
  /// The server's address is no `IPv4:PORT`: mend it.
  case unusableServer
  /// The name cannot stand in DNS: do not ask.
  case unusableName
  /// No answer, or a broken one: ask again later; nothing is proven.
  case noAnswer
}
