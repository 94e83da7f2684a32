import Foundation
import Testing

@testable import Settings

/// A directory of its own for one test, with a configuration file in it; gone when the test is.
final class Bench {
  let directory: String
  var file: String { directory + "/refpassport.yaml" }

  init(_ yaml: String = minimal) throws {
    directory = NSTemporaryDirectory() + "settings-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    try write(yaml, to: "refpassport.yaml")
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  @discardableResult
  func write(_ text: String, to name: String, mode: Int = 0o600) throws -> String {
    try write(Array(text.utf8), to: name, mode: mode)
  }

  @discardableResult
  func write(_ bytes: [UInt8], to name: String, mode: Int = 0o600) throws -> String {
    let path = directory + "/" + name
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    return path
  }

  func load(_ environment: [String: String] = [:]) throws -> Configuration {
    try Configuration.load(file: file, environment: environment)
  }

  /// The error's text, with the directory cut off so that it begins `refpassport.yaml:3: …`.
  func complaint(_ environment: [String: String] = [:]) throws -> String {
    let error = try #require(throws: ConfigurationError.self) { try load(environment) }
    return brief(error)
  }

  func brief(_ error: ConfigurationError) -> String {
    error.description.replacingOccurrences(of: directory + "/", with: "")
  }
}

/// The least an operator must write.
let minimal = """
  organisation: {name: Acme Ltd, domain: acme.example}
  bob: {service_user: SERVICE-1234}
  smtp: {url: "smtp://relay.acme.example:587", from: "Acme People Team <people@acme.example>"}
  verify: {url: "https://references.acme.example/verify"}
  """
