import Foundation

/// The PDF inside a mail of ours, taken out again as a mail program would.
enum MailedDocument {
  /// The bytes of the first `application/pdf` part; nil if there is none.
  static func pdf(in mail: [UInt8]) -> [UInt8]? {
    let lines = String(decoding: mail, as: UTF8.self).components(separatedBy: "\r\n")
    guard let head = lines.firstIndex(where: { $0.lowercased().hasPrefix("content-type: application/pdf") }),
      let empty = lines[head...].firstIndex(of: "")
    else { return nil }
    let body = lines[(empty + 1)...].prefix { !$0.hasPrefix("--") }
    return Data(base64Encoded: body.joined()).map { [UInt8]($0) }
  }
}
