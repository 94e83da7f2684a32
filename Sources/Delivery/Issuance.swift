import Audit
import Cryptography
package import Logging
package import Mail

/// Turns a detected case into a mail that is ready to go: credential → `issue` entry → receipt of it → document → mail →
/// `seal` entry. The two commits are two stages, so a crash between them goes on with the credential already signed.
package struct Issuance: Sendable {
  private let store: any CaseStore
  private let ledger: any AuditLedger
  private let issuer: any ReferenceIssuer
  private let posting: Posting
  private let admission: Admission
  private let logger: Logger
  private var vault: CaseVault { CaseVault(store) }

  package init(
    store: any CaseStore, ledger: any AuditLedger, issuer: any ReferenceIssuer, posting: Posting,
    admission: Admission, logger: Logger
  ) {
    self.store = store
    self.ledger = ledger
    self.issuer = issuer
    self.posting = posting
    self.admission = admission
    self.logger = logger
  }

  /// Takes every detected and every half-made case as far as `queued`, or holds it with its reason. Returns how many
  /// were queued and how many held.
  package func round(at now: Timestamp) async throws -> (queued: Int, held: Int) {
    var queued = 0, held = 0
    for row in try store.cases(at: [.detected, .issued]) {
      let obstacle: (reason: HoldReason, told: String)
      do {
        let issued = row.stage == .detected ? try issue(row, at: now) : row
        try await seal(issued, at: now)
        queued += 1
        continue
      } catch CaseStoreError.moved {
        // A person held or cancelled it meanwhile.
        continue
      } catch let failure as StoreFailure {
        throw failure.cause
      } catch let failure as IssueFailure {
        obstacle = (failure.holdReason, failure.told)
      } catch let failure as Posting.Failure {
        obstacle = (.composing, failure.description)
      } catch {
        // Whatever it is, it must not keep the others. The error may quote a value: only its type is told.
        obstacle = (.composing, "\(type(of: error))")
      }
      if try hold(row.id, for: obstacle.reason, told: obstacle.told, at: now) { held += 1 }
    }
    return (queued, held)
  }

  private func issue(_ row: Case, at now: Timestamp) throws -> Case {
    let facts = try vault.facts(of: row.id)
    guard admission.recipient(of: facts) != nil else { throw Posting.Failure(description: "no usable address") }
    let credential = try issuer.credential(for: facts, case: row.id, at: now)
    let change = try row.moved(
      by: .issue, at: now,
      fields: [
        "cred": .string(Base64URL.encode(SHA256.hash(credential.vc))), "kid": .string(credential.keyID),
      ],
      seal: [.credential: try CaseVault.encode(credential)])
    try commit(change, at: now)
    return change.committed
  }

  private func seal(_ row: Case, at now: Timestamp) async throws {
    let facts = try vault.facts(of: row.id)
    let credential = try vault.credential(of: row.id)
    guard let recipient = admission.recipient(of: facts) else {
      throw Posting.Failure(description: "no usable address")
    }
    let proof = try ledger.proof(of: .issue, case: row.id, at: now)
    let document = try await issuer.document(
      for: facts, credential: credential, proof: Array(proof.serialised.utf8), case: row.id)
    let contents = Posting.Contents(
      facts: facts, recipient: recipient, document: document, salt: try vault.salt(of: row.id), delivery: 1)
    var sealed = try posting.parts(contents, case: row.id, at: now)
    sealed[.document] = document
    let change = try row.moved(
      by: .seal, at: now, fields: ["doc": .string(Base64URL.encode(SHA256.hash(document)))], seal: sealed)
    try commit(change, at: now)
    logger.info("reference issued", metadata: ["case": "\(row.id)", "octets": "\(document.count)"])
  }

  /// The store would not take a step: no case is to blame, and all wait until it is well.
  private struct StoreFailure: Error { let cause: any Error }

  private func commit(_ change: CaseChange, at now: Timestamp) throws {
    do {
      try store.commit(change, at: now)
    } catch let error as CaseStoreError {
      throw error
    } catch {
      throw StoreFailure(cause: error)
    }
  }

  /// Returns false if a person moved the case first.
  private func hold(_ id: CaseID, for reason: HoldReason, told: String, at now: Timestamp) throws -> Bool {
    // Whatever was wrong, the way on begins at the facts: a credential signed over facts that could not be drawn never
    // leaves, and a new one takes its place.
    guard let row = try store.find(id), let change = try? row.held(for: reason, at: now, resume: .detected) else {
      return false
    }
    do { try store.commit(change, at: now) } catch CaseStoreError.moved { return false }
    logger.warning("case held", metadata: ["case": "\(id)", "why": "\(reason.rawValue)", "cause": "\(told)"])
    return true
  }
}

extension IssueFailure {
  var holdReason: HoldReason {
    switch self {
    case .incomplete: .noDates
    case .unprintable: .unprintable
    case .failed: .composing
    }
  }

  /// The cause for the log; holds nothing personal.
  var told: String {
    switch self {
    case .incomplete: "a fact that must be printed is missing"
    case .unprintable(let field): "no font draws the \(field)"
    case .failed(let sentence): sentence
    }
  }
}
