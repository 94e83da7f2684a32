import CResolv

/// The TXT records of a DNS message (RFC 1035 §4.1, §3.3.14).
enum TXTAnswer {
  private static let maximumRecords = 64

  /// The text of each record of the answer section, its strings joined; records that are no UTF-8 are passed
  /// over.
  ///
  /// Throws `.noAnswer` if the message is broken.
  static func texts(in message: [UInt8]) throws -> [String] {
    guard let size = Int32(exactly: message.count) else { throw DNSError.noAnswer }
    return try message.withUnsafeBufferPointer { bytes in
      var parsed = ns_msg()
      guard ns_initparse(bytes.baseAddress, size, &parsed) == 0 else { throw DNSError.noAnswer }
      var texts: [String] = []
      // The counts are those of the sections, question first.
      for index in 0..<min(Int(parsed._counts.1), maximumRecords) {
        var record = ns_rr()
        guard ns_parserr(&parsed, ns_s_an, Int32(index), &record) == 0 else { throw DNSError.noAnswer }
        guard Int(record.type) == Int(ns_t_txt.rawValue), Int(record.rr_class) == Int(ns_c_in.rawValue) else {
          continue
        }
        let data = Array(UnsafeBufferPointer(start: record.rdata, count: Int(record.rdlength)))
        if let text = try joined(data) { texts.append(text) }
      }
      return texts
    }
  }

  /// Strings with a length octet before each, joined without anything between them.
  private static func joined(_ data: [UInt8]) throws -> String? {
    var text: [UInt8] = []
    var rest = data[...]
    while let length = rest.popFirst() {
      guard rest.count >= Int(length) else { throw DNSError.noAnswer }
      text += rest.prefix(Int(length))
      rest = rest.dropFirst(Int(length))
    }
    return String(validating: text, as: UTF8.self)
  }
}
