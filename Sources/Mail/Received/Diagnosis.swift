/// Why a delivery ended as it did, read from what servers said of it: their codes, and the words around them.
struct Diagnosis: Sendable, Hashable {
  /// By the words; nil if they say nothing known.
  var sign: ReportSign?
  /// True if it was refused after its recipient had been taken.
  var isFiltered = false
  /// The first enhanced code that tells something, else the first (RFC 3463).
  var status: EnhancedStatus?
  /// The first reply code (RFC 5321 §4.2).
  var code: Int?

  /// - Parameter text: what was said of one recipient, in any form.
  init(_ text: some Collection<UInt8>) {
    let signs = ReportSign.matcher.signs(in: PlainWords(text).octets)
    sign = ReportSign.reason(signs)
    isFiltered = signs.has(.filtered)
    (status, code) = Self.codes(in: Array(text.prefix(4096)))
  }

  /// Nothing was said.
  init() {}

  /// What this says, or where it says nothing, what `other` does.
  func completed(by other: Diagnosis) -> Diagnosis {
    var whole = self
    whole.sign = sign ?? other.sign
    whole.isFiltered = isFiltered || other.isFiltered
    whole.status = status ?? other.status
    whole.code = code ?? other.code
    return whole
  }

  /// Reads numbers that stand by themselves: `550`, `5.1.1`; no part of an address of the internet or of a name.
  private static func codes(in text: [UInt8]) -> (EnhancedStatus?, Int?) {
    var status: EnhancedStatus?
    var code: Int?
    var index = 0
    while index < text.count {
      guard isDigit(text[index]), index == 0 || !joins(text[index - 1]) else {
        index += 1
        continue
      }
      var end = index
      while end < text.count, isDigit(text[end]) || text[end] == dot { end += 1 }
      let follows = end < text.count ? text[end] : 0x20
      while end > index, text[end - 1] == dot { end -= 1 }
      if !joins(follows) || follows == UInt8(ascii: "-") {
        let number = text[index..<end]
        if number.count == 3, number.allSatisfy(isDigit), let value = Int(String(decoding: number, as: UTF8.self)),
          (400...599).contains(value)
        {
          code = code ?? value
        } else if (5...9).contains(number.count),
          let read = EnhancedStatus(parsing: String(decoding: number, as: UTF8.self)), read.class != 2,
          status.map({ $0.subject == 0 && read.subject != 0 }) ?? true
        {
          status = read
        }
      }
      index = max(end, index + 1)
    }
    return (status, code)
  }

  private static let dot = UInt8(ascii: ".")

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  /// True for what makes a number part of something longer.
  private static func joins(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "/"), UInt8(ascii: "="):
      true
    default: false
    }
  }
}

extension Diagnosis {
  /// The reason, as words, status and code together tell it.
  var reason: Report.Reason {
    // A domain that cannot be found just now is trouble with the name service.
    if sign == .hostUnknown, status?.class == 4 { return .network }
    if let sign { return Self.reason(sign) }
    if let status, let reason = Self.reason(status) { return reason }
    switch code {
    case 550, 551, 553: return .policy
    case 552: return .mailboxFull
    case 554: return .policy
    case 421, 450, 451: return .network
    case .some: return .system
    case nil: return .unknown
    }
  }

  /// True if what was said means that the address is dead.
  ///
  /// Not so for a transient status, which is about this delivery; for X.2.Y, by which the mailbox exists (RFC 3463 §3.3),
  /// unless it is closed; and if the recipient was taken at first: who refuses the mail then has looked at it.
  var isFatal: Bool {
    guard [.userUnknown, .hostUnknown].contains(reason), status?.class != 4, !isFiltered else { return false }
    return status?.subject != 2 || status?.detail == 1
  }

  private static func reason(_ sign: ReportSign) -> Report.Reason {
    switch sign {
    case .mailboxFull: .mailboxFull
    case .messageTooBig: .messageTooBig
    case .mailboxDisabled: .mailboxDisabled
    case .rateLimited: .rateLimited
    case .senderRefused, .blocked, .policy: .policy
    case .userUnknown: .userUnknown
    case .hostUnknown: .hostUnknown
    case .spam: .spam
    case .content: .content
    case .expired: .expired
    case .network, .mailLoop: .network
    case .system: .system
    case .filtered, .failure, .trouble, .delay, .success, .announcement, .challenge, .absence, .copy: .unknown
    }
  }

  /// RFC 3463 §3.2 to §3.8 and its registry (RFC 5248); nil for what says nothing.
  private static func reason(_ status: EnhancedStatus) -> Report.Reason? {
    switch (status.subject, status.detail) {
    case (0, _): nil
    case (1, 2): .hostUnknown
    case (1, 7), (1, 8), (1, 9): .policy
    case (1, 10): .hostUnknown
    case (1, _): .userUnknown
    case (2, 1), (7, 13): .mailboxDisabled
    case (2, 2): .mailboxFull
    case (2, 3), (3, 4): .messageTooBig
    case (2, _): .mailboxDisabled
    case (3, _): .system
    case (4, 4): .hostUnknown
    case (4, 7): .expired
    case (4, _): .network
    case (5, 3): .rateLimited
    case (5, _): .system
    case (6, _): .content
    case (7, _): .policy
    default: nil
    }
  }
}
