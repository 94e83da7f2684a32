import Glibc
import Testing

@testable import refpassport

@Suite("Messages on the control socket are whole, bounded in length and in time")
struct SocketBytesTests {
  /// What is read of `bytes`, the writer having shut its side or not.
  private func read(_ bytes: [UInt8], isWhole: Bool, limit: Int, patience: Duration?) throws -> [UInt8]? {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    defer { ends.forEach { _ = close($0) } }
    #expect(SocketBytes.write(bytes, to: ends[0]))
    if isWhole { shutdown(ends[0], Int32(SHUT_WR)) }
    return SocketBytes.readAll(ends[1], limit: limit, patience: patience)
  }

  @Test("all of it comes, up to the limit")
  func whole() throws {
    let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0) }
    #expect(try read(bytes, isWhole: true, limit: 5000, patience: nil) == bytes)
    #expect(try read(bytes, isWhole: true, limit: 4999, patience: nil) == nil)
    #expect(try read([], isWhole: true, limit: 10, patience: .seconds(60)) == [])
  }

  @Test("who goes on writing after the time is not listened to")
  func late() throws {
    #expect(try read([1, 2, 3], isWhole: false, limit: 10, patience: .zero) == nil)
  }

  @Test("a reader that has gone raises no signal")
  func gone() throws {
    var ends: [Int32] = [-1, -1]
    try #require(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
    close(ends[1])
    #expect(!SocketBytes.write([1], to: ends[0]))
    close(ends[0])
  }
}
