/// The keys of `refpassport.yaml`: a closed list, from which the check for unknown keys, the environment variables and
/// the printed form all follow.
package enum SettingKey: String, Sendable, Hashable, CaseIterable {
  case organisationName = "organisation.name"
  case organisationDomain = "organisation.domain"
  case organisationLocale = "organisation.locale"
  case organisationTimeZone = "organisation.time_zone"
  case organisationLogo = "organisation.logo"
  case dataDirectory = "data_dir"
  case templates = "templates"
  case kekFile = "keys.kek_file"
  case bobEnvironment = "bob.environment"
  case bobBaseURL = "bob.base_url"
  case bobServiceUser = "bob.service_user"
  case bobTokenFile = "bob.token_file"
  case bobPollEvery = "bob.poll_every"
  case bobRereadAfter = "bob.reread_after"
  case bobTriggerStatuses = "bob.trigger_statuses"
  case bobLeadDays = "bob.lead_days"
  case bobMaxAge = "bob.max_age"
  case bobSurgeLimit = "bob.surge_limit"
  case bobApproval = "bob.approval"
  case bobExcludeDepartments = "bob.exclude_departments"
  case bobAlarmAfter = "bob.alarm_after"
  case smtpURL = "smtp.url"
  case smtpTLS = "smtp.tls"
  case smtpCAFile = "smtp.ca_file"
  case smtpTLSMinimum = "smtp.tls_minimum"
  case smtpClientCertificateFile = "smtp.client_certificate_file"
  case smtpClientKeyFile = "smtp.client_key_file"
  case smtpAuth = "smtp.auth"
  case smtpUsername = "smtp.username"
  case smtpPasswordFile = "smtp.password_file"
  case smtpTokenFile = "smtp.token_file"
  case smtpTokenCommand = "smtp.token_command"
  case smtpSessions = "smtp.sessions"
  case smtpFrom = "smtp.from"
  case smtpReplyTo = "smtp.reply_to"
  case smtpBounceAddress = "smtp.bounce_address"
  case smtpReturnPath = "smtp.return_path"
  case retryPolicy = "retry_policy"
  case confirmRequires = "confirm.requires"
  case confirmQuietPeriod = "confirm.quiet_period"
  case confirmUnwatched = "confirm.unwatched"
  case bouncesIMAPURL = "bounces.imap_url"
  case bouncesUsername = "bounces.username"
  case bouncesPasswordFile = "bounces.password_file"
  case bouncesTokenFile = "bounces.token_file"
  case bouncesTokenCommand = "bounces.token_command"
  case bouncesTLS = "bounces.tls"
  case bouncesCAFile = "bounces.ca_file"
  case bouncesAfter = "bounces.after"
  case bouncesMaildir = "bounces.maildir"
  case purgeUndeliverableAfter = "purge.undeliverable_after"
  case purgeHeldAfter = "purge.held_after"
  case purgeLatestAfter = "purge.latest_after"
  case purgeScanPaths = "purge.scan_paths"
  case noticesHR = "notices.hr"
  case noticesOps = "notices.ops"
  case noticesOfficer = "notices.officer"
  case noticesRelayURL = "notices.relay_url"
  case auditLookupRetention = "audit.lookup_retention"
  case auditEntryRetention = "audit.entry_retention"
  case auditTimestampURL = "audit.timestamp_url"
  case auditTimestampCAFile = "audit.timestamp_ca_file"
  case backupPassphraseFile = "backup.passphrase_file"
  case verifyURL = "verify.url"
  case verifySelector = "verify.selector"
  case consoleListen = "console.listen"

  /// The variable that overrides this key: `smtp.url` is `REFPASSPORT_SMTP_URL`.
  package var variable: String { Self.prefix + rawValue.uppercased().replacing(".", with: "_") }

  /// True for keys that hold a list; in a variable its items stand between commas.
  package var isList: Bool {
    [.bobTriggerStatuses, .bobExcludeDepartments, .smtpTokenCommand, .bouncesTokenCommand, .purgeScanPaths].contains(
      self)
  }

  /// Every variable that begins like this is ours; one we do not know is a mistake.
  package static let prefix = "REFPASSPORT_"
}

/// The secrets the appliance needs; none may stand in the YAML.
///
/// Each may come through three doors: a variable, a systemd credential, a file.
package enum SecretName: String, Sendable, Hashable, CaseIterable {
  case bobToken = "bob.token"
  case smtpPassword = "smtp.password"
  case smtpToken = "smtp.token"
  case bouncesPassword = "bounces.password"
  case bouncesToken = "bounces.token"
  case backupPassphrase = "backup.passphrase"
  case kek = "keys.kek"

  /// The key that names the file with this secret.
  package var fileKey: SettingKey {
    switch self {
    case .bobToken: .bobTokenFile
    case .smtpPassword: .smtpPasswordFile
    case .smtpToken: .smtpTokenFile
    case .bouncesPassword: .bouncesPasswordFile
    case .bouncesToken: .bouncesTokenFile
    case .backupPassphrase: .backupPassphraseFile
    case .kek: .kekFile
    }
  }

  /// The variable that holds the secret itself; nil for the key-encryption key, which must outlive an environment.
  package var variable: String? {
    self == .kek ? nil : SettingKey.prefix + rawValue.uppercased().replacing(".", with: "_")
  }

  /// The name of the systemd credential.
  package var credential: String {
    self == .kek ? "kek" : rawValue.replacing(".", with: "-")
  }

  /// How to give this secret, as a clause that completes a sentence.
  var wayIn: String {
    let ways = ["\(fileKey.rawValue)"] + (variable.map { ["the variable \($0)"] } ?? [])
    return "use " + ways.joined(separator: ", ") + " or the systemd credential \(credential)"
  }
}
