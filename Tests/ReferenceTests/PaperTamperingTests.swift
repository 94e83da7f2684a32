import Audit
import Testing

@testable import Reference

/// A changed paper does not hold, whatever was changed, and reading it never ends the process.
@Suite struct PaperTamperingTests {
  private func papers() throws -> [[UInt8]] {
    let (certificate, report) = (try PaperTests.certificate().papers, try PaperTests.report(cases: 20).papers)
    return [certificate.json, certificate.pdf, report.json, report.pdf]
  }

  @Test func everyFlippedByteIsFound() throws {
    var generator = SeededGenerator(state: 28_112_026)
    for genuine in try papers() {
      #expect(PaperVerifier().verify(genuine).isIntact)
      var positions = Set(genuine.indices.prefix(8)).union(genuine.indices.suffix(40))
      while positions.count < 320 { positions.insert(Int.random(in: genuine.indices, using: &generator)) }
      for position in positions {
        var changed = genuine
        changed[position] ^= UInt8.random(in: 1...255, using: &generator)
        if PaperVerifier().verify(changed).isIntact {
          Issue.record("byte \(position) of \(genuine.count) may be changed")
        }
      }
    }
  }

  @Test func everyMutationIsFound() throws {
    var generator = SeededGenerator(state: 99)
    for genuine in try papers() {
      for round in 0..<240 {
        let mutation = Mutation.allCases[round % Mutation.allCases.count]
        let changed = mutation.apply(to: genuine, using: &generator)
        guard changed != genuine, changed != genuine + [0x0A] else { continue }
        if PaperVerifier().verify(changed).isIntact { Issue.record("\(mutation) in round \(round) holds") }
      }
    }
  }

  @Test(arguments: ["", "{", "%PDF-1.", #"{"kind":"refpassport/deletion-certificate/v1"}"#, "[]", "\n", "null"])
  func whatIsNoPaperIsNone(text: String) {
    let verdict = PaperVerifier().verify(Array(text.utf8))
    #expect(verdict.kind == nil && !verdict.isIntact && !verdict.isProven)
  }

  @Test func aCommandTellsPapersFromOtherFiles() {
    for (text, isOne) in [
      ("%PDF-1.5", true), (#"{"kind":"refpassport/audit-report/v1","#, true), ("c2sp.org/tlog-proof@v1\n", false),
      ("old 3\n", false), (#"{"case":"x"}"#, false), ("", false),
    ] {
      #expect(PaperVerifier.recognises(Array(text.utf8)) == isOne)
    }
  }
}
