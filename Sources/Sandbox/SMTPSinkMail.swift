package import Mail

/// One mail that the stand-in took, with all it was told about it.
package struct SMTPSinkMail: Sendable {
  /// An address with the parameters behind it, in order.
  package struct Path: Sendable, Hashable {
    /// Without the angle brackets; empty for `<>`.
    package var address: String
    /// Such as `RET=HDRS`.
    package var parameters: [String]

    package init(address: String, parameters: [String] = []) {
      self.address = address
      self.parameters = parameters
    }
  }
  package var from: Path
  package var recipients: [Path]
  /// The message as it was before dot-stuffing.
  package var message: [UInt8]
  package var at: Timestamp
  /// Counts connections from 1.
  package var session: Int
  package var isEncrypted: Bool
  /// The account that was logged in.
  package var account: String?
}

extension SMTPSinkMail.Path {
  /// Reads `MAIL FROM:<…> A B` or `RCPT TO:<…> A B` behind `prefix`; nil if it is malformed.
  init?(_ line: String, after prefix: String) {
    guard line.uppercased().hasPrefix(prefix) else { return nil }
    let rest = line.dropFirst(prefix.count)
    guard rest.first == "<", let end = rest.firstIndex(of: ">") else { return nil }
    address = String(rest[rest.index(after: rest.startIndex)..<end])
    let behind = rest[rest.index(after: end)...]
    guard behind.isEmpty || behind.first == " " else { return nil }
    parameters = behind.split(separator: " ").map(String.init)
  }
}

/// One line that a client said; what it said to log in is left out.
package struct SMTPSinkCommand: Sendable, Hashable {
  /// Counts connections from 1.
  package var session: Int
  package var line: String
  package var isEncrypted: Bool
}
