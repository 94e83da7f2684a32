/// An enhanced mail system status code (RFC 3463 §2): class "." subject "." detail.
package struct EnhancedStatus: Sendable, Hashable, CustomStringConvertible {
  /// 2 success, 4 persistent transient failure, 5 permanent failure.
  package let `class`: Int
  /// 0…999.
  package let subject: Int
  /// 0…999.
  package let detail: Int

  package init?(class: Int, subject: Int, detail: Int) {
    guard [2, 4, 5].contains(`class`), (0...999).contains(subject), (0...999).contains(detail) else { return nil }
    (self.class, self.subject, self.detail) = (`class`, subject, detail)
  }

  /// Reads `5.1.1`, and nothing around it.
  package init?(parsing text: some StringProtocol) {
    let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard parts.count == 3, parts.allSatisfy({ (1...3).contains($0.count) }),
      let `class` = Digits.number(Array(parts[0])[...]), let subject = Digits.number(Array(parts[1])[...]),
      let detail = Digits.number(Array(parts[2])[...])
    else { return nil }
    self.init(class: `class`, subject: subject, detail: detail)
  }

  package var description: String { "\(`class`).\(subject).\(detail)" }
}
