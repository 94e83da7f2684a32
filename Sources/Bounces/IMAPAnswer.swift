/// The untagged lines that an IMAP server answers a command with (RFC 3501 §7), as far as they are of use here.
///
/// They are foreign octets: what is not understood is passed over, and nothing is read beyond its bounds.
struct IMAPAnswer {
  /// More numbers than these are not read.
  static let most = 100_000

  private let lines: [ArraySlice<UInt8>]

  init(_ octets: [UInt8]) {
    lines = octets.split { $0 == 0x0A || $0 == 0x0D }.filter { $0.starts(with: Self.untagged) }.map { $0.dropFirst(2) }
  }

  private static let untagged = Array("* ".utf8)

  /// The numbers of `* SEARCH 3 5 8`, ascending (§7.2.5).
  var found: [UInt32] {
    var numbers: Set<UInt32> = []
    for line in lines {
      let words = Self.words(line)
      guard words.first?.uppercased() == "SEARCH" else { continue }
      for word in words.dropFirst() where numbers.count < Self.most {
        if let number = UInt32(word), number > 0 { numbers.insert(number) }
      }
    }
    return numbers.sorted()
  }

  /// The sizes in octets by UID, of `* 3 FETCH (UID 8 RFC822.SIZE 2048)` (§7.4.2).
  var sizes: [UInt32: Int] {
    var sizes: [UInt32: Int] = [:]
    for line in lines {
      let words = Self.words(line)
      guard words.count > 2, words[1].uppercased() == "FETCH", sizes.count < Self.most,
        let uid = Self.value("UID", in: words).flatMap({ UInt32($0) }),
        let size = Self.value("RFC822.SIZE", in: words).flatMap({ Int($0) }), size >= 0
      else { continue }
      sizes[uid] = size
    }
    return sizes
  }

  /// The words of `* CAPABILITY …`, in upper case (§7.2.1).
  var capabilities: Set<String> {
    Set(
      lines.flatMap { line -> [String] in
        let words = Self.words(line)
        return words.first?.uppercased() == "CAPABILITY" ? words.dropFirst().prefix(200).map { $0.uppercased() } : []
      })
  }

  /// A number of `* STATUS INBOX (MESSAGES 3 UIDVALIDITY 17)` (§7.2.4).
  func status(_ name: String) -> UInt32? {
    for line in lines {
      let words = Self.words(line)
      guard words.first?.uppercased() == "STATUS" else { continue }
      if let value = Self.value(name, in: words).flatMap({ UInt32($0) }) { return value }
    }
    return nil
  }

  /// Parentheses separate words as blanks do.
  private static func words(_ line: ArraySlice<UInt8>) -> [String] {
    line.split { $0 == 0x20 || $0 == UInt8(ascii: "(") || $0 == UInt8(ascii: ")") }.map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private static func value(_ name: String, in words: [String]) -> String? {
    guard let place = words.lastIndex(where: { $0.uppercased() == name }), place + 1 < words.count else { return nil }
    return words[place + 1]
  }
}
