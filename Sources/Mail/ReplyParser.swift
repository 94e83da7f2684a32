/// Cuts the bytes of a session into replies (RFC 5321 §4.2), bounded in every direction.
///
/// A line may end in LF alone, as some servers do; a CR that is followed by anything else is an error, since it could
/// hide a second line.
package struct ReplyParser: Sendable {
  package static let maximumLine = 4096
  package static let maximumLines = 128

  private var buffer: [UInt8] = []
  private var code: Int?
  private var lines: [String] = []
  private var failure: ReplyError?

  package init() {}

  package mutating func push(_ bytes: some Sequence<UInt8>) { buffer.append(contentsOf: bytes) }

  /// True if bytes were pushed that belong to no reply yet.
  package var hasRemainder: Bool { !buffer.isEmpty || code != nil }

  /// The next whole reply; nil if more bytes are needed. An error stays: nobody knows what the bytes after it answer.
  package mutating func next() throws(ReplyError) -> Reply? {
    if let failure { throw failure }
    do throws(ReplyError) { return try read() } catch {
      failure = error
      throw error
    }
  }

  private mutating func read() throws(ReplyError) -> Reply? {
    while let line = try takeLine() {
      guard line.count >= 3, let number = Digits.number(line.prefix(3)), (200...599).contains(number) else {
        throw .garbage
      }
      if let code, code != number { throw .mixedCodes }
      code = number
      let separator = line.dropFirst(3).first
      guard separator == nil || separator == UInt8(ascii: " ") || separator == UInt8(ascii: "-") else { throw .garbage }
      guard lines.count < Self.maximumLines else { throw .tooManyLines }
      lines.append(String(decoding: line.dropFirst(4), as: UTF8.self))
      if separator != UInt8(ascii: "-") { return finish(number) }
    }
    return nil
  }

  private mutating func takeLine() throws(ReplyError) -> ArraySlice<UInt8>? {
    guard let end = buffer.firstIndex(of: UInt8(ascii: "\n")) else {
      guard buffer.count <= Self.maximumLine else { throw .lineTooLong }
      return nil
    }
    guard end <= Self.maximumLine else { throw .lineTooLong }
    var line = buffer[..<end]
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    guard !line.contains(UInt8(ascii: "\r")), !line.contains(0) else { throw .garbage }
    buffer = Array(buffer[(end + 1)...])
    return line
  }

  private mutating func finish(_ number: Int) -> Reply {
    defer {
      code = nil
      lines = []
    }
    // RFC 2034 §3: the status stands on every line, and its class agrees with the code.
    var enhanced: EnhancedStatus?
    let texts = lines.map { line -> String in
      guard let word = line.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: false).first,
        let status = EnhancedStatus(parsing: word), status.class == number / 100
      else { return line }
      enhanced = enhanced ?? status
      return String(line.dropFirst(word.count).drop { $0 == " " })
    }
    return Reply(code: number, enhanced: enhanced, lines: texts)
  }
}

/// Why bytes are no SMTP reply; holds nothing of them.
package enum ReplyError: Error, Sendable, Hashable, CaseIterable {
  case garbage, mixedCodes, lineTooLong, tooManyLines
}
