import Delivery
import Foundation
import Mail
import Testing

@testable import TimeStamp

@Suite("A token holds only if everything about it does")
struct TimestampVerifierTests {
  static let note = Array("acme.example/refpassport/1\n3\nAAAA=\n\n— acme.example/refpassport/1 BBBB=\n".utf8)

  let authority: TestAuthority
  let verifier: TimestampVerifier

  init() throws {
    authority = try TestAuthority.shared.get()
    verifier = TimestampVerifier(roots: try TimestampRoots(file: authority.roots))
  }

  @Test("a good answer gives its time, and stands before another program too")
  func good() throws {
    let query = TimestampQuery(over: Self.note)
    let reply = try authority.reply(to: try query.der())
    let token = try verifier.token(in: reply, answering: query)
    #expect(token.reply == reply)
    #expect(abs(Double(token.at.seconds) - Date().timeIntervalSince1970) < 60)
    #expect(try verifier.token(in: reply, over: Self.note) == token)
    #expect(try authority.verifies(reply, over: Self.note))
  }

  @Test(
    "what is wrong is named",
    arguments: [
      ("other bytes", .wrongImprint), ("another query", .wrongNonce), ("no nonce", .wrongNonce),
      ("refused", .refused(.badAlgorithm)), ("another CA", .untrusted), ("out of time", .expired),
      ("not for timestamps", .wrongPurpose), ("no certificate", .badSignature), ("changed signature", .badSignature),
      ("one octet more", .malformed), ("twice", .malformed), ("empty", .malformed), ("text", .malformed),
      ("a query", .malformed), ("a certificate", .malformed), ("too long", .tooLong),
    ] as [(String, TimestampError)])
  func wrong(_ what: String, _ error: TimestampError) throws {
    let query = TimestampQuery(over: Self.note)
    let reply: [UInt8] =
      switch what {
      case "other bytes": try authority.reply(to: try TimestampQuery(over: Self.note + [0]).der())
      case "another query": try authority.reply(to: try TimestampQuery(over: Self.note).der())
      case "no nonce": try authority.reply(to: try authority.query(over: Self.note, "-no_nonce", "-cert"))
      case "refused": try authority.reply(to: try query.der(), section: "picky")
      case "another CA": try authority.reply(to: try query.der(), signer: "strange")
      case "out of time": try authority.reply(to: try query.der(), signer: "old")
      case "not for timestamps":
        // The command line does not sign with such a certificate: it takes the place of one as long as itself.
        try authority.reply(to: try query.der()).replacing(try authority.der("tsa"), with: try authority.der("server"))
      case "no certificate": try authority.reply(to: try authority.query(over: Self.note))
      case "changed signature": try changed(authority.reply(to: try query.der()))
      case "one octet more": try authority.reply(to: try query.der()) + [0]
      case "twice": try authority.reply(to: try query.der()) + authority.reply(to: try query.der())
      case "text": Array("<html>no such page</html>".utf8)
      case "a query": try query.der()
      case "a certificate": try authority.der("tsa")
      case "too long": try authority.reply(to: try query.der()) + [UInt8](repeating: 0, count: 65_536)
      default: []
      }
    #expect(throws: error) { try verifier.token(in: reply, answering: query) }
  }

  private func changed(_ reply: [UInt8]) -> [UInt8] {
    var reply = reply
    reply[reply.count - 1] ^= 1
    return reply
  }

  @Test("a kept token holds at the time it tells, of its bytes alone, whatever became of its certificate since")
  func kept() throws {
    let query = TimestampQuery(over: Self.note)
    let reply = try authority.reply(to: try query.der())
    let time = try verifier.token(in: reply, over: Self.note).at
    let any = TimestampQuery(anyOver: Self.note)
    #expect(try verifier.check(reply, any, asOf: time).at == time)
    #expect(throws: TimestampError.expired) { try verifier.check(reply, any, asOf: time + 10 * 86_400) }
    #expect(throws: TimestampError.expired) { try verifier.check(reply, any, asOf: time + -86_400) }
    #expect(throws: TimestampError.wrongImprint) { try verifier.token(in: reply, over: Self.note.dropLast()) }
    let others = TimestampVerifier(roots: try TimestampRoots(file: authority.otherRoots))
    #expect(throws: TimestampError.untrusted) { try others.token(in: reply, over: Self.note) }
    let old = try authority.reply(to: try query.der(), signer: "old")
    #expect(throws: TimestampError.expired) { try verifier.token(in: old, over: Self.note) }
    let refused = try authority.reply(to: try query.der(), section: "picky")
    #expect(throws: TimestampError.refused(.badAlgorithm)) { try verifier.token(in: refused, over: Self.note) }
  }

  @Test("an answer that is cut short anywhere is no answer")
  func truncated() throws {
    let query = TimestampQuery(over: Self.note)
    let reply = try authority.reply(to: try query.der())
    for length in 0..<reply.count {
      #expect(throws: TimestampError.malformed, "\(length)") {
        try verifier.token(in: Array(reply[..<length]), answering: query)
      }
    }
  }

  @Test("no changed octet makes a token tell another time, another query or other bytes")
  func flipped() throws {
    let query = TimestampQuery(over: Self.note)
    let reply = try authority.reply(to: try query.der())
    let time = try verifier.token(in: reply, answering: query).at
    var taken = 0
    for place in reply.indices {
      var other = reply
      other[place] ^= 1 << UInt8(place % 8)
      guard let token = try? verifier.token(in: other, answering: query) else { continue }
      taken += 1
      #expect(token.at == time)
    }
    // What is not signed: granted with or without modifications, versions, the name of the signature's algorithm.
    #expect(taken < 20)
  }

  @Test("random octets, and answers spoilt at random, do no harm")
  func random() throws {
    var generator = SystemRandomNumberGenerator()
    let query = TimestampQuery(over: Self.note)
    let reply = try authority.reply(to: try query.der())
    for _ in 0..<2000 {
      let noise = (0..<Int.random(in: 0...300)).map { _ in UInt8.random(in: 0...255, using: &generator) }
      #expect(throws: TimestampError.self) { try verifier.token(in: noise, answering: query) }
      var spoilt = reply
      for _ in 0..<Int.random(in: 2...20) { spoilt[Int.random(in: 0..<spoilt.count)] = noise.first ?? 0 }
      _ = try? verifier.token(in: spoilt, answering: query)
      _ = try? verifier.token(in: spoilt, over: Self.note)
    }
  }

  @Test(
    "roots that are none are refused with the file's name",
    arguments: [
      ("none.pem", "cannot be read"), ("tsa.key", "holds no certificates"), ("tsa.cnf", "holds no certificates"),
    ])
  func roots(_ name: String, _ reason: String) throws {
    let file = authority.path + "/" + name
    let error = #expect(throws: TimestampError.self) { try TimestampRoots(file: file) }
    #expect(error?.description.contains("\(file) \(reason)") == true)
  }
}
