import Cryptography
import Delivery
import Foundation
import Testing

@testable import Store

@Suite("Looking for many patterns in one pass")
struct ByteMatcherTests {
  /// Where the patterns are found in `text`, read in chunks through a file.
  private func find(_ patterns: [BytePattern], in bytes: [UInt8], chunk: Int = 1 << 20) throws -> Set<Int> {
    let directory = FileManager.default.temporaryDirectory.path + "/refpassport-match-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try Data(bytes).write(to: URL(fileURLWithPath: directory + "/file"))
    let needles = patterns.enumerated().map {
      Needle("shape", "\($0.offset)", $0.element, of: nil, strong: true)
    }
    let report = FileScan(needles, chunk: chunk).run(over: [ScanRoot(path: directory, kind: .own)]).report
    #expect(report.bytes == bytes.count)
    #expect(report.files == 1)
    return Set(report.residue.map(\.offset))
  }

  @Test(
    "what is a match and what is not",
    arguments: [
      ("marmalade", "xx Marmalade yy", true), ("marmalade", "MARMALADE", true),
      ("marmalade", "marmalad", false),
      ("marmalade", "marmalXade", false), ("marmalade", "marma\r\nlade", true),
      ("marmalade", "mar=\r\nmalade", true),
      ("marmalade", "m\na\nr\nm\na\nl\na\nd\ne", true), ("marmalade", "marmala=de", false),
      ("marmalade", "", false),
      ("marmalade", "marmarmalade", true), ("ab", "ab", false),
    ])
  func folded(pattern: String, text: String, isThere: Bool) throws {
    let found = try find([BytePattern(Array(pattern.utf8))], in: Array(text.utf8))
    #expect(found.isEmpty == !isThere)
  }

  @Test("exact patterns keep their case, raw ones their line ends")
  func exact() throws {
    let base64 = BytePattern(Array("TWFybWFsYWRl".utf8), exact: true)
    #expect(try find([base64], in: Array("..TWFybWFsYWRl..".utf8)) == [2])
    #expect(try find([base64], in: Array("..TWFybW\r\nFsYWRl..".utf8)) == [2])
    #expect(try find([base64], in: Array("..twfybwfsywrl..".utf8)) == [])
    #expect(try find([.raw(Array("TWFybWFsYWRl".utf8))], in: Array("..TWFybW\r\nFsYWRl..".utf8)) == [])
    #expect(try find([.raw([0, 10, 13, 61, 10, 255, 0])], in: [9, 0, 10, 13, 61, 10, 255, 0, 9]) == [1])
  }

  @Test("a match is found wherever the chunks end", arguments: 1...40)
  func borders(chunk: Int) throws {
    let plain = BytePattern(Array("umbrella acoustics".utf8))
    let broken = BytePattern(Array("quillfeather".utf8))
    let text =
      String(repeating: "-", count: 33) + "Umbrella Acoustics" + String(repeating: "\r\n", count: 3)
      + "quill=\r\nfeat\nher" + String(repeating: "-", count: 7)
    #expect(try find([plain, broken], in: Array(text.utf8), chunk: chunk) == [33, 57])
  }

  @Test("thousands of patterns in random bytes: each planted one is found, nothing else")
  func many() throws {
    let patterns = (0..<5000).map { _ in BytePattern.raw(Randomness.bytes(16)) }
    var bytes = Randomness.bytes(300_000)
    let planted = Swift.stride(from: 0, to: 5000, by: 250).map { ($0, 1000 + $0 * 57) }
    for (index, offset) in planted {
      bytes.replaceSubrange(offset..<(offset + 16), with: patterns[index].bytes)
    }
    #expect(try find(patterns, in: bytes, chunk: 4096) == Set(planted.map(\.1)))
  }
}
