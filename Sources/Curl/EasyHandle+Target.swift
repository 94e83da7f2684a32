import CCurl

extension EasyHandle {
  /// Who is spoken to, how it is secured, and who we are; the URL and the rest are the caller's.
  ///
  /// - Parameter protocols: the one scheme that may be used.
  mutating func prepare(_ target: WireTarget, protocols: String) {
    setGroundRules(protocols: protocols, caFile: target.caFile, isLoopback: Loopback.contains(target.host))
    set(CURLOPT_CONNECTTIMEOUT_MS, target.timeout.milliseconds)
    set(CURLOPT_TCP_KEEPALIVE, true)
    switch target.security {
    case .required, .implicit: set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
    // A login never goes in clear because an offer of STARTTLS was taken out on the way.
    case .ifOffered:
      set(CURLOPT_USE_SSL, Int((target.login == nil ? CURLUSESSL_TRY : CURLUSESSL_ALL).rawValue))
    case .none: set(CURLOPT_USE_SSL, Int(CURLUSESSL_NONE.rawValue))
    }
    if target.tlsMinimum == .tls13 { set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_3) }
    if let certificate = target.clientCertificate {
      set(CURLOPT_SSLCERT, certificate.file)
      set(CURLOPT_SSLKEY, certificate.keyFile)
      // Without it OpenSSL would ask the terminal for the pass phrase of a sealed key.
      set(CURLOPT_KEYPASSWD, "")
    }
    guard let login = target.login else { return }
    set(CURLOPT_USERNAME, login.username)
    switch login.credential {
    case .password(let password): set(CURLOPT_PASSWORD, password.text)
    case .token(let token): set(CURLOPT_XOAUTH2_BEARER, token.text)
    }
    guard !login.mechanisms.isEmpty else { return }
    set(CURLOPT_LOGIN_OPTIONS, login.mechanisms.map { "AUTH=\($0)" }.joined(separator: ";"))
  }
}
