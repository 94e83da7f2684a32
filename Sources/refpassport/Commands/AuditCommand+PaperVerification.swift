import Audit
import Foundation
import Reference
import Store

// `audit verify` of a paper.
extension AuditCommand.Verify {
  /// Says whether a paper holds, and whether anything that the reader trusts vouches for it.
  func verifyPaper(_ bytes: [UInt8]) throws {
    let pins = PaperVerifier(root: try Pin.root(root), key: try Pin.key(key), vkey: vkey)
    var verdict = pins.verify(bytes)
    if root == nil, key == nil, vkey == nil, let own = try Wiring.ledgerKey(options),
      verdict.paper?["ledger"]?["vkey"]?.string == own
    {
      // Of this appliance's own ledger.
      verdict = PaperVerifier(vkey: own).verify(bytes)
    }
    if json { Terminal.json(canonical: try verdict.json()) } else { show(verdict) }
    if !verdict.isProven { throw CommandFailure(.no) }
  }

  private func show(_ verdict: PaperVerdict) {
    for check in verdict.checks { Terminal.say("  \(check.ok ? "✓" : "✗") \(check.name.rawValue): \(check.detail)") }
    let what =
      switch verdict.kind {
      case .certificate?: "The certificate of deletion"
      case .report?: "The audit report"
      case nil: "The file"
      }
    guard verdict.isIntact else { return Terminal.say("\(what) does NOT hold.") }
    let organisation = verdict.paper?["issuer"]?["organisation"]?.string ?? ""
    Terminal.say(
      verdict.isProven
        ? "\(what) of \(organisation) holds, and what you trust vouches for it."
        : "\(what) holds in itself, but the issuer is NOT proven: whoever made it calls itself \(organisation). "
          + "Pin --root, --key or --vkey.")
  }
}
