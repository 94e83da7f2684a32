import Foundation
import Synchronization

/// An authority made of the `openssl` command line: roots, certificates good and bad, and answers to queries.
final class TestAuthority: Sendable {
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// Made once for all tests, since making RSA keys takes time.
  static let shared = Result { try TestAuthority() }

  let path: String
  /// The serial number's file is one for all.
  private let turn = Mutex(())

  var roots: String { path + "/ca.pem" }
  var otherRoots: String { path + "/other.pem" }

  private init() throws {
    path = NSTemporaryDirectory() + "/timestamp-tests-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write(
      """
      extendedKeyUsage=critical,timeStamping
      keyUsage=critical,digitalSignature
      """, to: "tsa.ext")
    try write(
      """
      extendedKeyUsage=critical,timeStamping
      subjectAltName=email:tsa@acme.example
      """, to: "named.ext")
    // As long as the other in DER, octet for octet.
    try write(
      """
      extendedKeyUsage=critical,serverAuth
      keyUsage=critical,digitalSignature
      """, to: "server.ext")
    try write(
      """
      [tsa]
      serial = \(path)/serial
      signer_digest = sha256
      default_policy = 1.3.6.1.4.1.1
      digests = sha256
      ess_cert_id_alg = sha256
      [picky]
      serial = \(path)/serial
      signer_digest = sha256
      default_policy = 1.3.6.1.4.1.1
      digests = sha512
      """, to: "tsa.cnf")
    try write("01\n", to: "serial")
    for name in ["ca", "other"] {
      try openssl(
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "\(name).key", "-out", "\(name).pem", "-subj",
        "/CN=\(name)", "-days", "30", "-addext", "keyUsage=critical,keyCertSign")
    }
    try openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", "/CN=tsa")
    for (name, issuer, days, ext) in [
      ("tsa", "ca", "5", "tsa"), ("server", "ca", "5", "server"), ("old", "ca", "-1", "tsa"),
      ("strange", "other", "5", "tsa"), ("named", "ca", "5", "named"),
    ] {
      try openssl(
        "x509", "-req", "-in", "tsa.csr", "-CA", "\(issuer).pem", "-CAkey", "\(issuer).key", "-days", days,
        "-set_serial",
        "77", "-extfile", "\(ext).ext", "-out", "\(name).pem")
    }
  }

  /// The answer to a query, signed with one of the certificates: `tsa`, `old`, `strange` or `named`.
  func reply(to query: [UInt8], signer: String = "tsa", section: String = "tsa") throws -> [UInt8] {
    let name = UUID().uuidString
    try Data(query).write(to: URL(filePath: "\(path)/\(name).tsq"))
    try turn.withLock { _ in
      _ = try openssl(
        "ts", "-reply", "-config", "tsa.cnf", "-section", section, "-queryfile", "\(name).tsq", "-inkey", "tsa.key",
        "-signer", "\(signer).pem", "-out", "\(name).tsr")
    }
    return try read("\(name).tsr")
  }

  /// A query as another program makes it.
  func query(over bytes: [UInt8], _ options: String...) throws -> [UInt8] {
    let name = UUID().uuidString
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
    try openssl(arguments: ["ts", "-query", "-data", name, "-sha256", "-out", "\(name).tsq"] + options)
    return try read("\(name).tsq")
  }

  /// A certificate in DER.
  func der(_ certificate: String) throws -> [UInt8] {
    let name = UUID().uuidString
    try openssl("x509", "-in", "\(certificate).pem", "-outform", "DER", "-out", name)
    return try read(name)
  }

  /// What `openssl ts -query -text` reads in a query.
  func text(of query: [UInt8]) throws -> String {
    let name = UUID().uuidString
    try Data(query).write(to: URL(filePath: "\(path)/\(name)"))
    return try openssl("ts", "-query", "-in", name, "-text")
  }

  /// What `openssl ts -verify` says of a reply.
  func verifies(_ reply: [UInt8], over bytes: [UInt8]) throws -> Bool {
    let name = UUID().uuidString
    try Data(reply).write(to: URL(filePath: "\(path)/\(name).tsr"))
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name).txt"))
    return try openssl("ts", "-verify", "-in", "\(name).tsr", "-data", "\(name).txt", "-CAfile", "ca.pem")
      .contains("Verification: OK")
  }

  private func write(_ text: String, to name: String) throws {
    try Data(text.utf8).write(to: URL(filePath: "\(path)/\(name)"))
  }

  private func read(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: "\(path)/\(name)")))
  }

  @discardableResult
  private func openssl(_ arguments: String...) throws -> String { try openssl(arguments: arguments) }

  @discardableResult
  private func openssl(arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/openssl")
    process.currentDirectoryURL = URL(filePath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failed(description: "openssl \(arguments.joined(separator: " ")): \(output)")
    }
    return output
  }
}
