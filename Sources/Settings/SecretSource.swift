import Glibc

/// Where one secret comes from.
///
/// Loading is separate, so that commands which need no secret ask for none, and a file that
/// was exchanged is read anew.
package struct SecretSource: Sendable {
  package enum Place: Sendable {
    /// The value of an environment variable.
    case variable(String, Secret)
    /// A file below `$CREDENTIALS_DIRECTORY`.
    case credential(String)
    /// A file named by the configuration.
    case file(String)
    /// A program, its path absolute, and its arguments; it prints the secret.
    case command([String])
    /// Nowhere that this process can see, which is an error once it is needed: a credential of the service's is not there
    /// for commands that an operator types.
    case missing(String)
  }

  package let name: SecretName
  package let place: Place

  /// The file to watch for a new secret; nil if it came by variable.
  package var file: String? {
    switch place {
    case .variable, .command, .missing: nil
    case .credential(let path), .file(let path): path
    }
  }

  /// Reads the secret: one line of text without control characters, its trailing newline cut off.
  package func load() throws(ConfigurationError) -> Secret {
    let (bytes, whence) = try raw()
    var line = bytes[...]
    if line.last == 0x0A { line = line.dropLast() }
    if line.last == 0x0D { line = line.dropLast() }
    guard !line.isEmpty else {
      throw .secret(key: label, reason: "\(whence) is empty; write the secret into it, or \(name.wayIn)")
    }
    guard line.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }), String(validating: line, as: UTF8.self) != nil else {
      throw .secret(key: label, reason: "\(whence) must hold one line of text, without control characters")
    }
    return Secret(bytes: Array(line))
  }

  /// The bytes as they stand, with a name for where they stand.
  func raw() throws(ConfigurationError) -> (bytes: [UInt8], whence: String) {
    switch place {
    case .variable(let variable, let secret): return (secret.bytes, variable)
    case .credential(let path):
      return (
        try SecretFile.read(path, key: label, guardianship: .systemd), "the credential \(name.credential)"
      )
    case .file(let path): return (try SecretFile.read(path, key: label, guardianship: .ownerOnly), path)
    case .command(let words): return (try SecretCommand(words).output(key: label), "the output of \(words[0])")
    case .missing(let reason): throw .secret(key: label, reason: reason)
    }
  }

  /// What error sentences call this secret: the key, variable or credential that leads to it.
  private var label: String {
    switch place {
    case .variable(let variable, _): variable
    case .credential: "credential \(name.credential)"
    case .file, .missing: name.fileKey.rawValue
    case .command: SettingKey.smtpTokenCommand.rawValue
    }
  }

  /// Chooses the door: the variable, else the systemd credential, else the file; nil if none is given.
  static func choose(_ name: SecretName, file: String?, environment: [String: String]) -> SecretSource? {
    if let variable = name.variable, let value = environment[variable] {
      return SecretSource(name: name, place: .variable(variable, Secret(bytes: Array(value.utf8))))
    }
    if let directory = environment["CREDENTIALS_DIRECTORY"], !directory.isEmpty {
      let path = directory + "/" + name.credential
      if access(path, F_OK) == 0 { return SecretSource(name: name, place: .credential(path)) }
    }
    return file.map { SecretSource(name: name, place: .file($0)) }
  }
}
