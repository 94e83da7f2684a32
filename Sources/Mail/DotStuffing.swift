/// Transparency of the DATA phase (RFC 5321 §4.5.2).
package enum DotStuffing {
  /// The line that ends a message. It is sent apart, last, so that "was it sent?" has an exact answer.
  package static let terminator: [UInt8] = Array(".\r\n".utf8)

  /// The message with every leading dot doubled and a CRLF at its end, without the terminator.
  ///
  /// Refuses a CR without LF and an LF without CR: a lone LF before a dot ends the message at some relays, and what
  /// follows would run as commands.
  package static func encode(_ message: [UInt8]) throws(DotStuffingError) -> [UInt8] {
    var stuffed: [UInt8] = []
    stuffed.reserveCapacity(message.count + message.count / 64 + 2)
    var atLineStart = true
    var previous: UInt8 = 0
    for byte in message {
      if byte == UInt8(ascii: "\n"), previous != UInt8(ascii: "\r") { throw .bareLF }
      if previous == UInt8(ascii: "\r"), byte != UInt8(ascii: "\n") { throw .bareCR }
      if atLineStart, byte == UInt8(ascii: ".") { stuffed.append(byte) }
      stuffed.append(byte)
      atLineStart = byte == UInt8(ascii: "\n")
      previous = byte
    }
    if previous == UInt8(ascii: "\r") { throw .bareCR }
    if !atLineStart { stuffed += [0x0D, 0x0A] }
    return stuffed
  }
}

/// Why a message cannot be sent as it is.
package enum DotStuffingError: Error, Sendable, Hashable, CaseIterable {
  case bareCR, bareLF
}
