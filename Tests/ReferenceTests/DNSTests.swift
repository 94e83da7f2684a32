import Cryptography
import DNS
import Foundation
import Mail
import Synchronization
import Testing

@testable import Reference

/// Asking real packets of a scripted server on loopback.
@Suite struct DNSTests {
  private func resolver(_ server: ScriptedNameServer) throws -> Resolver {
    let address = try #require(NameServer("127.0.0.1:\(server.port)"))
    return Resolver(server: address)
  }

  @Test func textsAreReadAndTheirStringsJoined() async throws {
    let server = try ScriptedNameServer([
      "REF1._refpassport.acme.example": [["v=refpassport1; ", "k=ed25519; ", "p=AAAA"], ["another"]]
    ])
    let texts = try await resolver(server).texts(at: "REF1._refpassport.acme.example")
    #expect(texts == ["v=refpassport1; k=ed25519; p=AAAA", "another"])
    #expect(server.asked == ["ref1._refpassport.acme.example"])
  }

  @Test func aNameThatIsNotThereHasNoTexts() async throws {
    let server = try ScriptedNameServer([:])
    #expect(try await resolver(server).texts(at: "nothing.acme.example") == [])
  }

  @Test func aServerThatFailsOrTalksNonsenseGivesNoAnswer() async throws {
    for behaviour in [ScriptedNameServer.Behaviour.serverFailure, .brokenRecord] {
      let server = try ScriptedNameServer(["a.example": [["x"]]], behaviour: behaviour)
      await #expect(throws: DNSError.noAnswer) { try await resolver(server).texts(at: "a.example") }
    }
  }

  @Test(arguments: [
    "", ".", "a..b", "a b.example", "a\u{0}.example", "ä.example", String(repeating: "a", count: 64),
  ])
  func aNameThatCannotBeIsNotAsked(name: String) async throws {
    let server = try ScriptedNameServer([:])
    await #expect(throws: DNSError.unusableName) { try await resolver(server).texts(at: name) }
    #expect(server.asked.isEmpty)
  }

  @Test(arguments: [
    "", "localhost", "127.0.0.1:0", "127.0.0.1:99999", "256.0.0.1", "1.2.3", "::1", "127.0.0.1:53:1",
  ])
  func whatIsNoServerIsRefused(text: String) {
    #expect(NameServer(text) == nil)
  }

  @Test func aReferenceIsGoldOrSilverByWhatTheServerSays() async throws {
    let employer = try Employer()
    let document = try await employer.document()
    let record = employer.keys.dnsRecord(selector: employer.selector, domain: "acme.example")
    let good = try ScriptedNameServer([record.name: [[record.value]]])
    #expect(await ReferenceVerifier(lookup: try resolver(good)).verify(document).grade == .gold)
    let strange = try ScriptedNameServer([record.name: [["v=spf1 -all"]]])
    #expect(await ReferenceVerifier(lookup: try resolver(strange)).verify(document).grade == .silver)
    let failing = try ScriptedNameServer([record.name: [[record.value]]], behaviour: .serverFailure)
    #expect(await ReferenceVerifier(lookup: try resolver(failing)).verify(document).grade == .silver)
  }

  @Test(arguments: [
    ("acme.example", "acme.example"), ("Bücher.example", "xn--bcher-kva.example"),
    ("faß.example", "xn--fa-hia.example"),
    ("例え.example", "xn--r8jz45g.example"), ("bu\u{0308}cher.example", "xn--bcher-kva.example"),
  ])
  func domainsBecomeALabels(domain: String, ascii: String) throws {
    #expect(try IDN2Domains().asciiDomain(domain) == ascii)
  }

  @Test(arguments: ["a\u{0}b.example", "\u{200D}.example", String(repeating: "ü", count: 80) + ".example"])
  func domainsThatCannotBeAreRefusedWithoutRepeatingThem(domain: String) throws {
    let refusal = #expect(throws: IDN2Domains.Refusal.self) { try IDN2Domains().asciiDomain(domain) }
    #expect("\(try #require(refusal))".contains("example") == false)
  }
}

/// A DNS server over UDP that answers TXT questions from a table.
final class ScriptedNameServer: Sendable {
  enum Behaviour { case answer, serverFailure, brokenRecord }

  let port: UInt16
  private let socket: Int32
  private let questions = Mutex<[String]>([])
  /// The names that were asked for, in lower case.
  var asked: [String] { questions.withLock { $0 } }

  /// Name → records → strings.
  init(_ records: [String: [[String]]], behaviour: Behaviour = .answer) throws {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let bound = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
      }
    }
    try #require(bound)
    self.socket = socket
    port = UInt16(bigEndian: address.sin_port)
    let table = Dictionary(uniqueKeysWithValues: records.map { ($0.key.lowercased(), $0.value) })
    Thread.detachNewThread { [weak self] in
      var buffer = [UInt8](repeating: 0, count: 4096)
      while true {
        var sender = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let count = withUnsafeMutablePointer(to: &sender) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            recvfrom(socket, &buffer, buffer.count, 0, $0, &size)
          }
        }
        guard count > 12, let self else { break }
        let answer = self.answer(Array(buffer.prefix(count)), table, behaviour)
        _ = withUnsafePointer(to: &sender) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            sendto(socket, answer, answer.count, 0, $0, size)
          }
        }
      }
      close(socket)
    }
  }

  /// Wakes the thread, which then closes the socket.
  deinit { shutdown(socket, Int32(SHUT_RDWR)) }

  private func answer(_ query: [UInt8], _ table: [String: [[String]]], _ behaviour: Behaviour) -> [UInt8] {
    var position = 12
    var labels: [String] = []
    while position < query.count, query[position] > 0 {
      let end = min(query.count, position + 1 + Int(query[position]))
      labels.append(String(decoding: query[(position + 1)..<end], as: UTF8.self))
      position = end
    }
    let name = labels.joined(separator: ".").lowercased()
    questions.withLock { $0.append(name) }
    let question = Array(query[12..<min(query.count, position + 5)])
    let records = behaviour == .answer || behaviour == .brokenRecord ? table[name] ?? [] : []
    let code: UInt8 = behaviour == .serverFailure ? 2 : records.isEmpty ? 3 : 0
    var message =
      Array(query.prefix(2)) + [0x81, 0x80 | code, 0, 1, 0, UInt8(records.count), 0, 0, 0, 0] + question
    for strings in records {
      var data = strings.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
      // A string that says it is longer than its record.
      if behaviour == .brokenRecord { data[0] = 200 }
      message +=
        [0xC0, 12, 0, 16, 0, 1, 0, 0, 0, 60, UInt8(data.count >> 8), UInt8(data.count & 0xFF)] + data
    }
    return message
  }
}
