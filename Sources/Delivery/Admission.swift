package import Mail

/// Decides what becomes of a sighting: whether its facts can be issued as they are, and why not.
package struct Admission: Sendable {
  private let domains: any DomainEncoder

  package init(domains: any DomainEncoder) { self.domains = domains }

  /// The first reason why these facts cannot be issued, or nil.
  ///
  /// The facts come first, since no release can mend them; what the source could not resolve next; and the organisation's
  /// own wish to look (too old, surge, approval) last.
  package func obstacle(in reading: Sighting.Reading, holds: [HoldReason] = []) -> HoldReason? {
    let facts = reading.facts
    if facts.name.unicodeScalars.allSatisfy({ $0.properties.isWhitespace || $0.properties.isDefaultIgnorableCodePoint })
    {
      return .noName
    }
    if let address = obstacle(inAddress: facts.workEmail) { return address }
    guard let start = facts.start, let end = facts.end else { return .noDates }
    if end < start { return .datesReversed }
    return reading.problems.first ?? holds.first
  }

  /// The address to mail, parsed; nil if there is none that can be mailed.
  package func recipient(of facts: LeaverFacts) -> Address? {
    facts.workEmail.flatMap { try? Address(parsing: $0, domains: domains) }
  }

  private func obstacle(inAddress text: String?) -> HoldReason? {
    guard let text, !text.isEmpty else { return .noAddress }
    guard let address = try? Address(parsing: text, domains: domains) else { return .badAddress }
    // Bob's sandbox appends this to every address so that nobody real is mailed (facts of the API).
    if address.domain.hasSuffix(".sbx") { return .sandboxAddress }
    return nil
  }
}
