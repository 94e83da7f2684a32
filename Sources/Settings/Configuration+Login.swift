// How the appliance shows the relay who it is; two ways at once are a mistake.
extension Configuration.Relay {
  static func login(_ reader: inout SettingReader, environment: [String: String]) -> Login? {
    let username = reader.optional(.smtpUsername, Shape.text)
    let auth = reader.value(.smtpAuth, default: "", Shape.choice(Auth.self))
    let path = Shape.path(in: reader.directory)
    let passwordFile = reader.optional(.smtpPasswordFile, path)
    let tokenFile = reader.optional(.smtpTokenFile, path)
    let command = TokenCommand.words(.smtpTokenCommand, &reader)
    let password = SecretSource.choose(.smtpPassword, file: passwordFile, environment: environment)
    var token = SecretSource.choose(.smtpToken, file: tokenFile, environment: environment)
    if let command {
      if token != nil { reader.reject(.smtpTokenCommand, "is set though there is a token; leave one of them out") }
      token = SecretSource(name: .smtpToken, place: .command(command))
    }
    if token != nil, password != nil {
      reader.reject(
        command == nil ? .smtpTokenFile : .smtpTokenCommand, "gives a token beside a password; leave one of them out")
    }
    guard let username else {
      if token != nil || password != nil, !reader.isRejected(.smtpUsername) {
        reader.reject(
          .smtpUsername, "is missing though there is a password or token; without a login leave out both")
      }
      return nil
    }
    let secret = token ?? password ?? missing(auth)
    guard let auth else { return nil }
    if let takesToken = auth.takesToken, takesToken != (secret.name == .smtpToken) {
      reader.reject(
        .smtpAuth,
        takesToken
          ? "is \(auth.rawValue), which takes a token: use smtp.token_file or smtp.token_command"
          : "is \(auth.rawValue), which takes a password: use smtp.password_file")
      return nil
    }
    return Login(username: username, auth: auth, secret: secret)
  }

  /// A login without a secret is whole where the secret is a credential of the service's.
  private static func missing(_ auth: Auth?) -> SecretSource {
    let isToken = auth?.takesToken == true
    let name = isToken ? SecretName.smtpToken : .smtpPassword
    return SecretSource(
      name: name,
      place: .missing(
        "is missing though smtp.username is set; \(name.wayIn)" + (isToken ? ", or smtp.token_command" : "")))
  }

  static func clientCertificate(_ reader: inout SettingReader, tls: TLS?) -> ClientCertificate? {
    let path = Shape.path(in: reader.directory)
    let file = reader.optional(.smtpClientCertificateFile, path)
    let keyFile = reader.optional(.smtpClientKeyFile, path)
    guard let file else {
      if keyFile != nil, !reader.isRejected(.smtpClientCertificateFile) {
        reader.reject(.smtpClientCertificateFile, "is missing though smtp.client_key_file is set")
      }
      return nil
    }
    guard tls != TLS.none else {
      reader.reject(.smtpClientCertificateFile, "is of no use while smtp.tls is none")
      return nil
    }
    return ClientCertificate(file: file, keyFile: keyFile ?? file)
  }
}
