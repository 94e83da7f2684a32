package import Audit

/// What a verifier found out about a paper.
package struct PaperVerdict: Sendable {
  /// Nil for bytes that are no paper.
  package let kind: PaperKind?
  package let checks: [Verdict.Check]
  /// What is stated; nil unless it holds.
  package let paper: CanonicalJSON?

  /// Whether it is what somebody signed, unchanged, and every pin fits.
  package var isIntact: Bool { kind != nil && checks.allSatisfy(\.ok) }

  /// Whether a root or key that the reader pinned vouches for it: without one nobody knows who made it.
  package var isProven: Bool {
    isIntact && checks.contains { [.pinnedRoot, .pinnedKey, .pinnedLedger].contains($0.name) }
  }

  /// The document of `audit verify FILE --json`.
  package func json() throws -> [UInt8] {
    try CanonicalJSON.object([
      "ok": .bool(isIntact), "proven": .bool(isProven), "kind": kind.map { .string($0.rawValue) } ?? .null,
      "checks": .array(
        checks.map {
          .object(["name": .string($0.name.rawValue), "ok": .bool($0.ok), "detail": .string($0.detail)])
        }),
      "paper": paper ?? .null,
    ]).bytes()
  }
}
