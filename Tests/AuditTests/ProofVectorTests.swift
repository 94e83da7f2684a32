import Audit
import Cryptography
import Foundation
import Testing

/// `Vectors/proofs.json`, written from the definitions of RFC 9162 by `Vectors/make.py`.
struct ProofVector: Decodable, CustomTestStringConvertible {
  enum Kind: String, Decodable { case inclusion, consistency }
  let kind: Kind
  /// What was changed in a proof that holds.
  let changed: String
  let holds: Bool
  let proof: [String]
  let index: Int?
  let size: Int?
  let leaf: String?
  let root: String?
  let old: Int?
  let oldRoot: String?
  let new: Int?
  let newRoot: String?

  static let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Vectors/proofs.json")

  static func all(_ kind: Kind) throws -> [ProofVector] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode([ProofVector].self, from: Data(contentsOf: file)).filter { $0.kind == kind }
  }

  var hashes: [[UInt8]] { get throws { try proof.map { try #require(Hex.decode($0)) } } }
  var testDescription: String { "\(changed) of \(index ?? old ?? 0) in \(size ?? new ?? 0)" }
}

@Suite("proofs, right and wrong, are told apart as RFC 9162 defines them")
struct ProofVectorTests {
  @Test("there are enough of both, and no changed one holds")
  func enough() throws {
    for kind in [ProofVector.Kind.inclusion, .consistency] {
      let vectors = try ProofVector.all(kind)
      #expect(vectors.count >= 150 && vectors.count { $0.holds } >= 14)
      #expect(vectors.allSatisfy { $0.holds == ($0.changed == "nothing") || $0.changed == "the order reversed" })
    }
  }

  private func hash(_ hex: String?) throws -> [UInt8] {
    let hex = try #require(hex)
    return try #require(Hex.decode(hex))
  }

  @Test("inclusion", arguments: try ProofVector.all(.inclusion))
  func inclusion(_ vector: ProofVector) throws {
    let holds = MerkleTree.verifyInclusion(
      leafHash: try hash(vector.leaf), index: try #require(vector.index), size: try #require(vector.size),
      proof: try vector.hashes, root: try hash(vector.root))
    #expect(holds == vector.holds)
  }

  @Test("consistency", arguments: try ProofVector.all(.consistency))
  func consistency(_ vector: ProofVector) throws {
    let holds = MerkleTree.verifyConsistency(
      oldSize: try #require(vector.old), oldRoot: try hash(vector.oldRoot), newSize: try #require(vector.new),
      newRoot: try hash(vector.newRoot), proof: try vector.hashes)
    #expect(holds == vector.holds)
  }

  @Test("the verifier written from the standards alone agrees on every one")
  func independent() throws {
    let program = """
      import json, sys
      sys.path.insert(0, sys.argv[1])
      import verify_export as v
      h, wrong, seen = bytes.fromhex, 0, 0
      for x in json.load(open(sys.argv[2])):
          proof, seen = [h(p) for p in x["proof"]], seen + 1
          try:
              holds = (v.inclusion_holds(x["index"], x["size"], h(x["leaf"]), proof, h(x["root"])) if x["kind"] == "inclusion"
                       else v.consistency_holds(x["old"], h(x["old_root"]), x["new"], h(x["new_root"]), proof))
          except LookupError:
              holds = False
          wrong += holds != x["holds"]
      print(seen, wrong)
      """
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    let directory = URL(filePath: #filePath).deletingLastPathComponent().path
    process.arguments = ["python3", "-B", "-c", program, directory, ProofVector.file.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    let count = try ProofVector.all(.inclusion).count + ProofVector.all(.consistency).count
    #expect(said == "\(count) 0\n")
  }
}
