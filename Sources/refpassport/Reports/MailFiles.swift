import Foundation
import Glibc

/// The messages that paths lead to: a file with one message, an mbox, a directory of either (a Maildir too), or `-` for
/// standard input.
struct MailFiles: Sequence, IteratorProtocol {
  /// One message, or why a file could not be read.
  enum Found {
    /// `name` is the path; for a message of an mbox with `#` and its number.
    case message(name: String, octets: [UInt8])
    case unreadable(name: String, cause: String)
  }

  /// A longer file is not read.
  static let longest = 256 << 20

  private var paths: [String]
  private var waiting: [Found] = []

  /// - Throws: `CommandFailure` for a path that does not exist.
  init(_ paths: [String]) throws {
    for path in paths where path != "-" && access(path, F_OK) != 0 {
      throw CommandFailure(.usage, "\(path): there is no such file or directory.")
    }
    self.paths = paths.reversed()
  }

  mutating func next() -> Found? {
    while waiting.isEmpty {
      guard let path = paths.popLast() else { return nil }
      open(path)
    }
    return waiting.removeLast()
  }

  private mutating func open(_ path: String) {
    if let names = path == "-" ? nil : Self.names(in: path) {
      paths += names.reversed().map { path.hasSuffix("/") ? path + $0 : path + "/" + $0 }
      return
    }
    do {
      let octets = try Self.read(path)
      guard !path.hasSuffix(".eml"), Mbox.isOne(octets) else {
        return waiting.append(.message(name: path, octets: octets))
      }
      for (number, message) in Mbox.messages(of: octets).enumerated().reversed() {
        waiting.append(.message(name: "\(path)#\(number + 1)", octets: message))
      }
    } catch {
      waiting.append(.unreadable(name: path, cause: String(cString: strerror(error.code))))
    }
  }

  private struct ReadFailure: Error { let code: Int32 }

  /// The visible names in a directory, sorted; nil if it is none. Links within it are not followed.
  private static func names(in path: String) -> [String]? {
    guard let directory = opendir(path) else { return nil }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let kind = Int32(entry.pointee.d_type)
      guard kind == Int32(DT_REG) || kind == Int32(DT_DIR) else { continue }
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }

  private static func read(_ path: String) throws(ReadFailure) -> [UInt8] {
    let file = path == "-" ? dup(STDIN_FILENO) : Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
    guard file >= 0 else { throw ReadFailure(code: errno) }
    defer { close(file) }
    var octets: [UInt8] = []
    var status = stat()
    var room = fstat(file, &status) == 0 && status.st_size > 0 ? Int(status.st_size) + 1 : 65_536
    while true {
      guard octets.count + room <= longest else { throw ReadFailure(code: EFBIG) }
      let begin = octets.count
      octets.append(contentsOf: repeatElement(0, count: room))
      let count = octets.withUnsafeMutableBytes { bytes in
        Glibc.read(file, bytes.baseAddress.map { $0 + begin }, room)
      }
      octets.removeLast(room - Swift.max(count, 0))
      if count < 0 {
        if errno == EINTR { continue }
        throw ReadFailure(code: errno)
      }
      if count == 0 { return octets }
      room = Swift.max(room - count, 65_536)
    }
  }
}

/// A file of many messages (RFC 4155): each begins with a line `From `, after an empty line.
enum Mbox {
  private static let separator = Array("From ".utf8)

  static func isOne(_ octets: [UInt8]) -> Bool { octets.starts(with: separator) }

  /// The messages without their separators; `>From ` within them is `From ` again.
  static func messages(of octets: [UInt8]) -> [[UInt8]] {
    var messages: [[UInt8]] = []
    var message: [UInt8]?
    var isAfterEmptyLine = true
    var rest = octets[...]
    while !rest.isEmpty {
      let end = rest.firstIndex(of: 0x0A).map { $0 + 1 } ?? rest.endIndex
      let line = rest[..<end]
      rest = rest[end...]
      if isAfterEmptyLine, line.starts(with: separator) {
        if let message { messages.append(message) }
        message = []
      } else {
        let quoted = line.drop { $0 == UInt8(ascii: ">") }
        message?.append(
          contentsOf: quoted.count < line.count && quoted.starts(with: separator) ? line.dropFirst() : line)
      }
      isAfterEmptyLine = line.allSatisfy { $0 == 0x0A || $0 == 0x0D }
    }
    if let message { messages.append(message) }
    return messages
  }
}
