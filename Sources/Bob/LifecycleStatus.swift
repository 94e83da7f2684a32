/// A lifecycle status as it is compared: Bob's spelling differs between tenants in case, spaces, `_` and `-`.
package struct LifecycleStatus: Hashable, Sendable {
  /// Lower case, without white space, `_` and `-`.
  package let text: String

  /// Nil if nothing is left of the text.
  package init?(_ spelling: String) {
    let text =
      Self.isPlain(spelling)
      ? spelling : spelling.lowercased().filter { !$0.isWhitespace && $0 != "_" && $0 != "-" }
    guard !text.isEmpty else { return nil }
    self.text = text
  }

  /// Whether there is nothing to be done, as with almost everybody's.
  private static func isPlain(_ spelling: String) -> Bool {
    spelling.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
  }

  private init(plain: String) { text = plain }

  package static let terminated = LifecycleStatus(plain: "terminated")
  package static let offboarded = LifecycleStatus(plain: "offboarded")
  package static let gardenLeave = LifecycleStatus(plain: "gardenleave")
  package static let employed = LifecycleStatus(plain: "employed")
  package static let hired = LifecycleStatus(plain: "hired")

  /// The statuses that mean a departure unless the configuration says otherwise.
  package static let standardTriggers: Set<LifecycleStatus> = [.terminated, .offboarded]
}
