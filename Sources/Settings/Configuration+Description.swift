extension Configuration {
  /// The settings in force, one a line, each with where it was written; secrets show only where they come from.
  ///
  /// Shape: `smtp.tls: required  # refpassport.yaml:12`.
  package var redactedDescription: String {
    (settings.map { "\($0.key.rawValue): \($0.value)  # \($0.origin)" }
      + secrets.map { "\($0.key): \($0.place)" })
      .joined(separator: "\n")
  }

  /// Where each secret comes from: its name and `<secret>` with the door it came through.
  package var secrets: [(key: String, place: String)] {
    let sources = [kek, bob.token, relay.login?.secret, bounces.imap?.secret].compactMap { $0 }
    return sources.map { source in
      let door =
        switch source.place {
        case .variable(let name, _): "variable \(name)"
        case .credential: "systemd credential \(source.name.credential)"
        case .file: source.name.fileKey.rawValue
        case .missing: "not to be seen from here"
        case .command: SettingKey.smtpTokenCommand.rawValue
        }
      return (source.name.rawValue, "<secret>  # \(door)")
    }
  }
}
