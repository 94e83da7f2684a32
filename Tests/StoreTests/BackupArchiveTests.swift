import Cryptography
import Foundation
import Glibc
import Testing

@testable import Store

@Suite("A backup's file: what went in comes out, or nothing does")
struct BackupArchiveTests {
  let path = FileManager.default.temporaryDirectory.path + "/archive-\(UUID().uuidString)"
  let passphrase = SecretKey(Array("correct horse battery".utf8))

  private func write(_ items: [(String, [UInt8])]) throws -> [UInt8] {
    let descriptor = try Descriptor(path, flags: O_RDWR | O_CREAT | O_TRUNC)
    let writer = try BackupArchive.Writer(descriptor, passphrase: passphrase, cost: 14)
    for (name, bytes) in items { try bytes.withUnsafeBytes { try writer.add(name, $0) } }
    try writer.finish()
    return try descriptor.read(try descriptor.size(), at: 0)
  }

  private func read(_ bytes: [UInt8], passphrase: SecretKey? = nil) throws -> [String: [UInt8]] {
    defer { unlink(path) }
    try Data(bytes).write(to: URL(filePath: path))
    let reader = try BackupArchive.Reader(Descriptor(path, flags: O_RDONLY), passphrase: passphrase ?? self.passphrase)
    var items: [String: [UInt8]] = [:]
    try reader.read { name, size, piece in
      items[name, default: []] += piece
      #expect(items[name, default: []].count <= size)
    }
    return items
  }

  static let sizes = [0, 1, 20, (1 << 20) - 12, (1 << 20) - 11, (1 << 20) - 10, 1 << 20, (1 << 20) + 1, 3 << 20]

  @Test("items of every size come back", arguments: sizes)
  func round(size: Int) throws {
    let items: [(String, [UInt8])] = [
      ("a", Randomness.bytes(size)), ("", []), ("keys/issuer/x", Array("short".utf8)),
      (String(repeating: "n", count: 255), [7]),
    ]
    let found = try read(write(items))
    #expect(found == Dictionary(uniqueKeysWithValues: items))
  }

  @Test("an archive without items is one, and nothing of the items shows")
  func sealed() throws {
    #expect(try read(write([])) == [:])
    let bytes = try write([("keys/marmalade", Array("cartographer cartographer".utf8))])
    for word in ["marmalade", "cartographer", "correct horse"] {
      #expect(Data(bytes).range(of: Data(word.utf8)) == nil)
    }
  }

  @Test("a changed byte, wherever it is, and every cut are refused")
  func changes() throws {
    let whole = try write([("a", Randomness.bytes(300)), ("b", Randomness.bytes(10))])
    for place in stride(from: 0, to: whole.count, by: 7) {
      // A dearer key is not derived a hundred times over.
      if place == BackupArchive.magic.count { continue }
      var changed = whole
      changed[place] ^= 1
      #expect(throws: BackupArchive.Failure.self, "byte \(place)") { try read(changed) }
    }
    for count in [0, 1, 21, 22, 37, 38, 40, 42, 60, whole.count - 1] {
      #expect(throws: BackupArchive.Failure.self, "cut to \(count)") { try read(Array(whole[..<count])) }
    }
    #expect(throws: BackupArchive.Failure.self) { try read(whole + [0]) }
    #expect(throws: BackupArchive.Failure.passphrase) { try read(whole, passphrase: SecretKey([1, 2, 3])) }
    #expect(throws: BackupArchive.Failure.foreign) { try read(Array("PK\u{3}\u{4} another archive of 38 bytes".utf8)) }
  }

  @Test("chunks cannot be left out, repeated, or put in another order")
  func order() throws {
    let whole = try write([("a", Randomness.bytes(3 << 20))])
    let head = Array(whole[..<BackupArchive.headSize])
    var chunks: [[UInt8]] = []
    var rest = whole[BackupArchive.headSize...]
    while !rest.isEmpty {
      let length = 4 + Int(UInt32(bigEndianBytes: rest.prefix(4)))
      chunks.append(Array(rest.prefix(length)))
      rest = rest.dropFirst(length)
    }
    #expect(chunks.count == 4)
    for order in [[0, 2, 1, 3], [0, 1, 3], [0, 1, 2], [0, 1, 1, 2, 3], [1, 2, 3], [0, 1, 2, 3, 3]] {
      #expect(throws: BackupArchive.Failure.self, "\(order)") { try read(head + order.flatMap { chunks[$0] }) }
    }
  }

  @Test("random bytes behind the right beginning are refused, and take no memory")
  func random() throws {
    for size in [4, 100, 5_000] {
      let bytes = BackupArchive.magic + [14] + Randomness.bytes(16) + Randomness.bytes(size)
      #expect(throws: BackupArchive.Failure.self) { try read(bytes) }
    }
    let greedy = BackupArchive.magic + [14] + Randomness.bytes(16) + [0xFF, 0xFF, 0xFF, 0xFF] + Randomness.bytes(64)
    #expect(throws: BackupArchive.Failure.damaged) { try read(greedy) }
    for cost: UInt8 in [0, 13, 21, 63, 255] {
      let dear = BackupArchive.magic + [cost] + Randomness.bytes(100)
      #expect(throws: BackupArchive.Failure.foreign) { try read(dear) }
    }
  }
}
