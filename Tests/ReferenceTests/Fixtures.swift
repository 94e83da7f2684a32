import Audit
import Cryptography
import Delivery
import Mail
import Testing

@testable import Reference

/// An employer that exists nowhere, with its keys and its ledger.
struct Employer {
  static let issued = Timestamp(seconds: 1_790_000_000)

  let organisation: Organisation
  let keys: IssuerKeys
  let ledger: NoteSigner
  let selector: KeySelector

  init(domain: String = "acme.example", name: String = "Acme Ltd") throws {
    organisation = Organisation(name: name, domain: domain)
    keys = try IssuerKeys.generate(organisation: name, at: Self.issued)
    ledger = try NoteSigner(name: "\(domain)/refpassport/1", key: .generate())
    selector = try #require(KeySelector("REF1"))
  }

  func issuer(
    drawing: any DrawingService = InProcessDrawing(), keys: IssuerKeys? = nil, logo: String? = nil
  ) throws -> Issuer {
    var organisation = organisation
    organisation.logo = logo
    return try Issuer(
      organisation: organisation, keys: keys ?? self.keys,
      verifyURL: "https://references.acme.example/verify",
      selector: selector, vkey: ledger.verifier.vkey, drawing: drawing)
  }

  /// The entry of an issue and its proof, in a ledger of three entries.
  func proof(
    of credential: Credential, case id: CaseID, event: EntryEvent = .issue, carriesEntry: Bool = true
  ) throws -> [UInt8] {
    let seconds = Self.issued.seconds
    let fields: [String: CanonicalJSON] = [
      "cred": .string(Base64URL.encode(SHA256.hash(credential.vc))), "kid": .string(credential.keyID),
    ]
    let entry = try Entry(event: event, case: id.description, at: seconds, fields: fields)
    let leaves = try [
      Entry(event: .detect, case: id.description, at: seconds).leafHash, entry.leafHash,
      Entry(event: .config, case: nil, at: seconds).leafHash,
    ]
    let head = try Checkpoint(
      origin: ledger.verifier.name, size: leaves.count, root: MerkleTree.root(ofLeafHashes: leaves))
    let hashes = try #require(MerkleTree.inclusionProof(index: 1, leafHashes: leaves))
    let proof = TlogProof(
      index: 1, hashes: hashes, extra: carriesEntry ? entry.bytes : nil, checkpoint: try ledger.sign(head))
    return Array(proof.serialised.utf8)
  }

  /// A finished reference.
  func document(for facts: LeaverFacts = .plain, drawing: any DrawingService = InProcessDrawing())
    async throws -> [UInt8]
  {
    let issuer = try issuer(drawing: drawing)
    let id = CaseID.random()
    let credential = try issuer.credential(for: facts, case: id, at: Self.issued)
    return try await issuer.document(
      for: facts, credential: credential, proof: try proof(of: credential, case: id), case: id)
  }
}

extension LeaverFacts {
  /// Facts without anything difficult.
  static let plain = LeaverFacts.of("Ada Example", title: "Engineer", department: "Research")

  static func of(_ name: String, title: String?, department: String?) -> LeaverFacts {
    LeaverFacts(
      name: name, title: title, department: department, start: CalendarDate(machine: "2019-03-04"),
      end: CalendarDate(machine: "2026-09-30"), workEmail: "ada@acme.example")
  }
}

extension Sheet {
  /// A sheet with one value of interest.
  static func showing(_ value: String, language: String = "en-GB") -> Sheet {
    Sheet(
      language: language, organisation: "Acme Ltd", logo: nil, heading: "Employment reference",
      subheading: "Issued 21 September 2026", rows: [.init(field: "name", label: "Name", value: value)],
      statement: "Acme Ltd says so.", verifyHeading: "How to check", verifySteps: ["Scan the code."],
      link: "https://references.acme.example/verify#x", notes: [.init(label: "Case", value: "AAAA")],
      created: Employer.issued)
  }
}

/// DNS as a table.
struct TableLookup: TXTLookup {
  struct Silence: Error {}
  var records: [String: [String]] = [:]
  var isSilent = false

  func texts(at name: String) async throws -> [String] {
    if isSilent { throw Silence() }
    return records[name] ?? []
  }
}

/// Numbers that look random and are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
