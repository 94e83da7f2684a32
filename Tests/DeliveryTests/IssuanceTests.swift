import Audit
import Cryptography
import Delivery
import Foundation
import Logging
import Mail
import Synchronization
import Testing

/// An issuer that does what it is told for each step.
private struct ScriptedIssuer: ReferenceIssuer {
  struct Surprise: Error { let quoted = "Ada Example" }
  var credentialFails: (any Error)?
  var documentFails: (any Error)?
  var whileDrawing: @Sendable () -> Void = {}

  func credential(for facts: LeaverFacts, case id: CaseID, at now: Timestamp) throws -> Credential {
    if let credentialFails { throw credentialFails }
    return Credential(record: [1], vc: Array("vc of \(id)".utf8), keyID: "REF1._refpassport.acme.example", issued: now)
  }

  func document(for facts: LeaverFacts, credential: Credential, proof: [UInt8], case id: CaseID) async throws -> [UInt8]
  {
    whileDrawing()
    if let documentFails { throw documentFails }
    return Array("%PDF of \(id)".utf8)
  }
}

@Suite("Issuance: credential, entry, document, mail, entry")
struct IssuanceTests {
  let store = MemoryStore()

  private func issuance(_ issuer: ScriptedIssuer = .init(), _ composer: PlainComposer = .init()) -> Issuance {
    Issuance(
      store: store, ledger: store, issuer: issuer, posting: Sample.posting(composer), admission: Sample.admission,
      logger: Sample.logger())
  }

  @Test("the entries hold the hashes of credential and document, and the mail is sealed with its envelope")
  func issued() async throws {
    let row = try Sample.queued(in: store, at: .detected)
    let round = try await issuance().round(at: Sample.now)
    #expect(round == (queued: 1, held: 0))
    #expect(store.events(of: row.id) == [.issue, .seal])
    let entries = store.state.withLock { $0.entries }
    #expect(entries[0].fields["cred"] == .string(Base64URL.encode(SHA256.hash(Array("vc of \(row.id)".utf8)))))
    #expect(entries[1].fields["doc"] == .string(Base64URL.encode(SHA256.hash(Array("%PDF of \(row.id)".utf8)))))
    let envelope = try CaseVault(store).envelope(of: row.id)
    #expect(envelope.recipient == "ada@acme.example")
    #expect(envelope.messageID.text.hasSuffix("@acme.example>"))
    let mail = String(decoding: try CaseVault(store).mail(of: row.id), as: UTF8.self)
    #expect(mail.contains("%PDF of \(row.id)") && mail.contains("ada@acme.example"))
  }

  @Test("a crash between the two steps goes on with the credential already signed")
  func resumed() async throws {
    let row = try Sample.queued(in: store, at: .detected)
    _ = try? await issuance(.init(documentFails: CancellationError())).round(at: Sample.now)
    // What the crash left: the credential is sealed, the case is at `issued`.
    store.state.withLock { state in
      for index in state.cases.indices where state.cases[index].id == row.id {
        state.cases[index].stage = .issued
        state.cases[index].hold = nil
      }
      state.entries.removeAll { $0.event == .hold }
    }
    let signed = try CaseVault(store).credential(of: row.id)
    _ = try await issuance().round(at: Sample.now + 60)
    #expect(try CaseVault(store).credential(of: row.id) == signed)
    #expect(store.events(of: row.id) == [.issue, .seal])
  }

  @Test("what cannot be issued is held with its reason; the others go on, and no cause quotes a value")
  func held() async throws {
    let failures: [(ScriptedIssuer, PlainComposer, HoldReason)] = [
      (.init(documentFails: IssueFailure.unprintable(field: "name")), .init(), .unprintable),
      (.init(credentialFails: IssueFailure.incomplete), .init(), .noDates),
      (.init(documentFails: IssueFailure.failed("the drawing process ended")), .init(), .composing),
      (.init(credentialFails: ScriptedIssuer.Surprise()), .init(), .composing),
      (.init(), .init(fails: true), .composing),
    ]
    for (number, (issuer, composer, reason)) in failures.enumerated() {
      let row = try Sample.queued(in: store, at: .detected, number: UInt8(number + 1))
      let round = try await issuance(issuer, composer).round(at: Sample.now)
      #expect(round == (queued: 0, held: 1))
      #expect(try store.find(row.id)?.hold == Hold(reason: reason, resume: .detected))
    }
    #expect(!store.state.withLock { "\($0.entries)" }.contains("Ada"))
  }

  @Test("if the store itself is ill nothing is held, and the failure is told")
  func diskFull() async throws {
    let row = try Sample.queued(in: store, at: .detected)
    store.state.withLock { $0.failing = true }
    await #expect(throws: MemoryStore.DiskFull.self) { try await issuance().round(at: Sample.now) }
    store.state.withLock { $0.failing = false }
    #expect(try store.find(row.id)?.stage == .detected)
    #expect(try await issuance().round(at: Sample.now).queued == 1)
  }

  @Test("a store that cannot be written holds no case: all wait until it is well")
  func storeIll() async throws {
    let row = try Sample.queued(in: store, at: .detected)
    let store = self.store
    let ill = Issuance(
      store: store, ledger: store, issuer: ScriptedIssuer(whileDrawing: { store.state.withLock { $0.failing = true } }),
      posting: Sample.posting(), admission: Sample.admission, logger: Sample.logger())
    await #expect(throws: MemoryStore.DiskFull.self) { try await ill.round(at: Sample.now) }
    store.state.withLock { $0.failing = false }
    #expect(try store.find(row.id)?.stage == .issued)
    #expect(try await issuance().round(at: Sample.now) == (queued: 1, held: 0))
  }

  @Test("a case that a person cancels while it is drawn stays cancelled, and the others go on")
  func cancelledMeanwhile() async throws {
    let row = try Sample.queued(in: store, at: .detected, number: 1)
    let other = try Sample.queued(in: store, at: .detected, number: 2)
    let store = self.store
    let issuance = Issuance(
      store: store, ledger: store,
      issuer: ScriptedIssuer(whileDrawing: {
        _ = try? Sample.desk(store).cancel(row.id, by: Sample.opal, at: Sample.now)
      }),
      posting: Sample.posting(), admission: Sample.admission, logger: Sample.logger())
    #expect(try await issuance.round(at: Sample.now) == (queued: 1, held: 0))
    #expect(try store.find(row.id)?.stage == .cancelled)
    #expect(try store.find(other.id)?.stage == .queued)
  }
}
