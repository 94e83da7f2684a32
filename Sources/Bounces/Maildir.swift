package import Delivery
import Glibc

/// A Maildir as a source of reports: `new/` and `cur/`, one message a file.
///
/// The name of a file tells what was done with it, so that it is known after a crash: `,RefPassportTry1` and `…Try2` stand
/// while it is in hand, and the third time it is set aside. A message that was left lies in `cur/` under
/// `,RefPassportLeft`, unread to other programs; they keep such words of a name when they change flags (`:2,…`).
package struct Maildir: ReportSource {
  /// Where messages that cannot be taken lie: a folder of Maildir++.
  static let aside = ".RefPassport-Aside"

  private let path: String
  private let most: Int

  /// - Parameter most: messages that one look reaches; the rest is for the next.
  package init(_ path: String, most: Int = Collected.most) {
    self.path = path
    self.most = most
  }

  package func collect(
    _ take: @Sendable (ReceivedMessage) async throws -> Disposition
  ) async throws(ReportSourceFailure) -> Collected {
    let all = try waiting()
    var collected = Collected(isComplete: all.count <= most)
    for waiting in all.prefix(most) {
      guard waiting.name.tries < 2, let held = rename(waiting, to: waiting.name.tried) else {
        collected.setAside += setAside(waiting)
        continue
      }
      guard let octets = read(held) else {
        collected.setAside += setAside(held)
        continue
      }
      let disposition: Disposition
      do {
        disposition = try await take(ReceivedMessage(octets: octets))
      } catch {
        // Nothing is wrong with the message.
        _ = rename(held, to: waiting.name)
        throw .notTaken(error)
      }
      collected.taken += 1
      switch disposition {
      case .remove: unlink(file(held))
      case .leave: _ = rename(held, to: waiting.name.left, in: "cur")
      }
    }
    return collected
  }

  /// How many messages wait.
  package func count() throws(ReportSourceFailure) -> Int { try waiting().count }

  private struct Waiting {
    var folder: String
    var name: MaildirName
    var arrived: Int
  }

  /// What waits, oldest first: regular files only, links are not followed.
  private func waiting() throws(ReportSourceFailure) -> [Waiting] {
    var all: [Waiting] = []
    for folder in ["new", "cur"] {
      guard let directory = opendir("\(path)/\(folder)") else {
        throw .unreadable(
          "the Maildir of bounces.maildir has no \(folder)/ that this user may read (\(String(cString: strerror(errno))))"
        )
      }
      defer { closedir(directory) }
      while let entry = readdir(directory) {
        let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
        // A name that is no UTF-8 could not be told from another one when it is written back.
        guard bytes.first != UInt8(ascii: "."), let text = String(validating: bytes, as: UTF8.self) else { continue }
        let name = MaildirName(text)
        var status = stat()
        guard !name.isLeft, lstat("\(path)/\(folder)/\(text)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
          continue
        }
        all.append(Waiting(folder: folder, name: name, arrived: status.st_mtim.tv_sec))
      }
    }
    return all.sorted { ($0.arrived, $0.name.text) < ($1.arrived, $1.name.text) }
  }

  private func file(_ waiting: Waiting) -> String { "\(path)/\(waiting.folder)/\(waiting.name.text)" }

  /// Nil if the file is not there any more, or may not be renamed.
  private func rename(_ waiting: Waiting, to name: MaildirName, in folder: String? = nil) -> Waiting? {
    var renamed = waiting
    renamed.name = name
    renamed.folder = folder ?? waiting.folder
    return Glibc.rename(file(waiting), file(renamed)) == 0 ? renamed : nil
  }

  /// Moves a message out of the way; 1 if that could be done, 0 if it is gone.
  private func setAside(_ waiting: Waiting) -> Int {
    for folder in ["", "/new", "/cur", "/tmp"] { mkdir("\(path)/\(Self.aside)\(folder)", 0o700) }
    return rename(waiting, to: waiting.name.untried, in: "\(Self.aside)/new") == nil ? 0 : 1
  }

  /// Nil if it is longer than any report, or cannot be read.
  private func read(_ waiting: Waiting) -> [UInt8]? {
    let descriptor = open(file(waiting), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= ReceivedMessage.longest
    else {
      return nil
    }
    var octets: [UInt8] = []
    while octets.count <= ReceivedMessage.longest {
      var count = 0
      octets += [UInt8](unsafeUninitializedCapacity: 65_536) { buffer, filled in
        repeat { count = Glibc.read(descriptor, buffer.baseAddress, 65_536) } while count < 0 && errno == EINTR
        filled = max(count, 0)
      }
      if count == 0 { return octets }
      if count < 0 { return nil }
    }
    return nil
  }
}

/// The name of a message in a Maildir: `unique[,words][:2,flags]`.
struct MaildirName: Sendable, Hashable {
  let text: String
  private let unique: Substring
  private let flags: Substring

  init(_ text: String) {
    self.text = text
    let colon = text.firstIndex(of: ":") ?? text.endIndex
    unique = text[..<colon]
    flags = text[colon...]
  }

  private static let words = [",RefPassportTry1", ",RefPassportTry2"]
  private static let leftWord = ",RefPassportLeft"

  /// How often the message was in hand when the process ended.
  var tries: Int { (Self.words.lastIndex { unique.hasSuffix($0) } ?? -1) + 1 }

  var isLeft: Bool { unique.hasSuffix(Self.leftWord) }

  /// The name while it is in hand once more.
  var tried: MaildirName { MaildirName(String(bare) + Self.words[min(tries, 1)] + flags) }

  var untried: MaildirName { MaildirName(String(bare) + flags) }

  var left: MaildirName { MaildirName(String(bare) + Self.leftWord + (flags.isEmpty ? ":2," : flags)) }

  private var bare: Substring {
    guard let word = Self.words.first(where: { unique.hasSuffix($0) }) else { return unique }
    return unique.dropLast(word.count)
  }
}
