import Foundation
import Testing

@testable import Settings

@Suite struct KEKFileTests {
  private static let key = (0..<32).map { UInt8(truncatingIfNeeded: $0 * 7 + 250) }

  private func bench() throws -> Bench { try Bench(minimal + "\nkeys: {kek_file: kek}") }

  @Test(
    "32 bytes raw, as hexadecimal digits or as base64 are the same key",
    arguments: [
      key,
      Array(key.map { String(format: "%02x", $0) }.joined().utf8),
      Array((key.map { String(format: "%02X", $0) }.joined() + "\n").utf8),
      Array(Data(key).base64EncodedString().utf8),
      Array((Data(key).base64EncodedString() + "\r\n").utf8),
    ])
  func forms(_ content: [UInt8]) throws {
    let bench = try bench()
    try bench.write(content, to: "kek")
    #expect(try KEKFile.load(bench.load().kek).bytes == Self.key)
  }

  @Test("a raw key that ends with a newline byte keeps it")
  func rawNewline() throws {
    let bench = try bench()
    let key = [UInt8](repeating: 7, count: 31) + [0x0A]
    try bench.write(key, to: "kek")
    #expect(try KEKFile.load(bench.load().kek).bytes == key)
  }

  @Test(
    "anything else is refused without being repeated",
    arguments: ["", "canary", String(repeating: "0", count: 63), String(repeating: "g", count: 64), "AAAA"])
  func refused(_ content: String) throws {
    let bench = try bench()
    try bench.write(content, to: "kek")
    let source = try bench.load().kek
    let error = try #require(throws: ConfigurationError.self) { try KEKFile.load(source) }
    #expect(
      bench.brief(error)
        == "keys.kek_file: kek must hold 32 bytes: raw, as 64 hexadecimal digits, or as base64")
  }

  @Test("a key file that others can read is refused")
  func exposed() throws {
    let bench = try bench()
    let path = try bench.write(Self.key, to: "kek", mode: 0o644)
    let source = try bench.load().kek
    let error = try #require(throws: ConfigurationError.self) { try KEKFile.load(source) }
    #expect(error.description.hasSuffix("close it with: chmod 600 \(path)"))
  }

  @Test("a created key is new, closed to others, loads, and is never overwritten")
  func created() throws {
    let bench = try bench()
    let source = try bench.load().kek
    let path = try #require(source.file)
    try KEKFile.create(at: path)
    let attributes = try FileManager.default.attributesOfItem(atPath: path)
    #expect(attributes[.posixPermissions] as? Int == 0o600)
    let first = try KEKFile.load(source)
    #expect(first.bytes.count == 32)
    let error = try #require(throws: ConfigurationError.self) { try KEKFile.create(at: path) }
    #expect(error.description.contains("exists already"))
    #expect(try KEKFile.load(source).bytes == first.bytes)
    try FileManager.default.removeItem(atPath: path)
    try KEKFile.create(at: path)
    #expect(try KEKFile.load(source).bytes != first.bytes)
    #expect(throws: ConfigurationError.self) { try KEKFile.create(at: bench.directory + "/none/kek") }
  }
}
