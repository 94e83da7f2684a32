import Foundation
import Testing

/// A program of somebody else's that must be installed to run the tests: poppler-utils, qpdf, openssl,
/// zbar-tools.
enum ForeignTool {
  struct Missing: Error, CustomStringConvertible {
    let tool: String
    var description: String {
      "\(tool) is not installed: the tests need poppler-utils, qpdf, openssl and zbar-tools"
    }
  }

  struct Answer {
    let status: Int32
    let output: String
  }

  /// Runs a tool of `/usr/bin` and returns what it printed on both streams.
  static func run(_ tool: String, _ arguments: [String]) throws -> Answer {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/\(tool)")
    guard FileManager.default.isExecutableFile(atPath: "/usr/bin/\(tool)") else { throw Missing(tool: tool) }
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Answer(status: process.terminationStatus, output: String(decoding: output, as: UTF8.self))
  }
}

/// A directory that is gone after the test.
final class ScratchDirectory {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "/reference-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = "\(path)/\(name)"
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    return file
  }

  func read(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: "\(path)/\(name)")))
  }
}
