import Delivery
import Foundation
package import Mail

extension Configuration {
  /// Reads `file`, lays the variables over it, checks everything, and throws all problems together.
  ///
  /// - Parameter environment: the process's environment; `REFPASSPORT_…` and `CREDENTIALS_DIRECTORY` matter.
  /// - Parameter domains: writes the domains of addresses in their ASCII form.
  package static func load(
    file: String, environment: [String: String], domains: any DomainEncoder = ASCIIOnlyDomains()
  ) throws(ConfigurationError) -> Configuration {
    var outline = try Outline(file: file, known: SettingKey.allCases.map(\.rawValue))
    outline.override(from: environment)
    var reader = SettingReader(outline)
    guard let configuration = Configuration(&reader, environment: environment, domains: domains),
      reader.problems.isEmpty
    else {
      throw .invalid(reader.problems.inOrder)
    }
    return configuration
  }

  private init?(_ reader: inout SettingReader, environment: [String: String], domains: any DomainEncoder) {
    let directory = reader.directory
    let path = Shape.path(in: directory)

    let organisation = Organisation(&reader)
    let data = reader.value(.dataDirectory, default: "/var/lib/refpassport", path)
    let templates = reader.value(.templates, default: Self.standardTemplates(beside: directory), path)
    let kek = Self.kek(&reader, dataDirectory: data, environment: environment)
    let bob = Bob(&reader, environment: environment)
    let relay = Relay(&reader, environment: environment, domains: domains)
    let policy = reader.optional(.retryPolicy, path)
    let confirm = ConfirmRule(&reader)
    let bounces = Bounces(&reader, environment: environment)
    let retention = Retention(&reader)
    let scanPaths = reader.list(
      .purgeScanPaths, default: ["/tmp", "/var/tmp"], mayBeEmpty: true, Shape.absolutePath)
    let hr = reader.optional(.noticesHR, Shape.address(domains))
    let ops = reader.optional(.noticesOps, Shape.address(domains))
    let officer = reader.optional(.noticesOfficer, Shape.address(domains))
    let alarmRelay = reader.optional(.noticesRelayURL, Shape.relay)
    let lookup = reader.value(.auditLookupRetention, default: "365d", Shape.duration)
    let entries = reader.value(.auditEntryRetention, default: "0s", Shape.duration)
    if let entries, let retention, entries > 0, entries < retention.latest + 86_400 {
      reader.reject(
        .auditEntryRetention, "must be 0s, or a day longer than purge.latest_after: no case is dropped before its purge"
      )
    }
    let passphrase = reader.optional(.backupPassphraseFile, path)
    let timestamps = Timestamps(&reader)
    let verify = Verify(&reader)
    let listen = reader.value(.consoleListen, default: "127.0.0.1:8480") { text throws(Misfit) in
      text.isEmpty ? nil : try ListenAddress(text)
    }

    guard let organisation, let data, let templates, let kek, let bob, let relay, let confirm, let retention,
      let scanPaths, let lookup, let entries, let verify, let listen
    else { return nil }
    self.organisation = organisation
    dataDirectory = data
    self.templates = templates
    self.kek = kek
    self.bob = bob
    self.relay = relay
    retryPolicyFile = policy ?? Self.existing(directory + "/retry-policy.yaml")
    self.confirm = confirm
    self.bounces = bounces
    self.retention = retention
    self.scanPaths = scanPaths
    let toHR = hr ?? relay.from.address
    notices = Notices(hr: toHR, ops: ops ?? toHR, officer: officer ?? toHR, relay: alarmRelay)
    lookupRetention = lookup
    entryRetention = entries
    backupPassphrase = SecretSource.choose(.backupPassphrase, file: passphrase, environment: environment)
    self.timestamps = timestamps
    self.verify = verify
    self.listen = listen
    let order = Dictionary(uniqueKeysWithValues: SettingKey.allCases.enumerated().map { ($1, $0) })
    settings = reader.settings.sorted { order[$0.key, default: 0] < order[$1.key, default: 0] }
    warnings = Caution.sentences(
      bob: bob, relay: relay, confirm: confirm, bounces: bounces, retention: retention, entries: entries,
      lookup: lookup, listen: listen)
  }

  /// The key must not lie where a backup of `data_dir` would take it along.
  private static func kek(
    _ reader: inout SettingReader, dataDirectory: String?, environment: [String: String]
  ) -> SecretSource? {
    let file = reader.value(.kekFile, default: "/etc/refpassport/kek", Shape.path(in: reader.directory))
    guard let file else { return nil }
    if let dataDirectory, (standardized(file) + "/").hasPrefix(standardized(dataDirectory) + "/") {
      reader.reject(.kekFile, "must lie outside data_dir, or a copy of the data would hold its own key")
    }
    return SecretSource.choose(.kek, file: file, environment: environment)
  }

  private static func standardized(_ path: String) -> String { (path as NSString).standardizingPath }

  private static func existing(_ path: String) -> String? {
    FileManager.default.fileExists(atPath: path) ? path : nil
  }

  private static func standardTemplates(beside directory: String) -> String {
    existing(directory + "/mail-templates") ?? "/usr/share/refpassport/mail-templates"
  }
}

extension Organisation {
  init?(_ reader: inout SettingReader) {
    let name = reader.required(.organisationName, "the legal name, as it stands on the reference", Shape.text)
    let domain = reader.required(
      .organisationDomain, "the domain that publishes the record key, such as acme.example", Shape.domain)
    let locale = reader.value(.organisationLocale, default: "en-GB", Shape.locale)
    let timeZone = reader.value(.organisationTimeZone, default: "UTC", Shape.timeZone)
    let logo = reader.optional(.organisationLogo, Shape.path(in: reader.directory))
    guard let name, let domain, let locale, let timeZone else { return nil }
    self.init(name: name, domain: domain, locale: locale, timeZone: timeZone, logo: logo)
  }
}

extension ConfirmRule {
  init?(_ reader: inout SettingReader) {
    let requires = reader.value(.confirmRequires, default: "quiet", Shape.choice(Requirement.self))
    let quietPeriod = reader.value(.confirmQuietPeriod, default: "144h", Shape.duration)
    let unwatched = reader.value(.confirmUnwatched, default: "false", Shape.boolean)
    guard let requires, let quietPeriod, let unwatched else { return nil }
    self.init(requires: requires, quietPeriod: quietPeriod, unwatched: unwatched)
  }
}

extension Retention {
  init?(_ reader: inout SettingReader) {
    let undeliverable = reader.value(.purgeUndeliverableAfter, default: "14d", Shape.duration)
    let held = reader.value(.purgeHeldAfter, default: "30d", Shape.duration)
    let latest = reader.value(.purgeLatestAfter, default: "45d", Shape.duration)
    guard let undeliverable, let held, let latest else { return nil }
    self.init(undeliverable: undeliverable, held: held, latest: latest)
  }
}

extension Configuration.Timestamps {
  /// Nil without a URL.
  init?(_ reader: inout SettingReader) {
    let url = reader.optional(.auditTimestampURL) { text throws(Misfit) in
      try Endpoint(text, ports: ["https": 443, "http": 80])
    }
    let caFile = reader.optional(.auditTimestampCAFile, Shape.path(in: reader.directory))
    guard let url else { return nil }
    guard let caFile else {
      if !reader.isRejected(.auditTimestampCAFile) {
        reader.reject(
          .auditTimestampURL,
          "needs audit.timestamp_ca_file too: the PEM file with the root certificate of the authority")
      }
      return nil
    }
    self.init(url: url, caFile: caFile)
  }
}

extension Configuration.Verify {
  init?(_ reader: inout SettingReader) {
    let url = reader.required(
      .verifyURL, "the public page that verifies a reference, such as https://references.acme.example/verify"
    ) { text throws(Misfit) in
      let url = try Endpoint(text, ports: ["https": 443, "http": 80])
      guard url.scheme == "https" || url.isLoopback else {
        throw Misfit(allowed: "an https:// URL; http:// is for this machine only")
      }
      return url
    }
    let selector = reader.value(.verifySelector, default: "REF1", Shape.selector)
    guard let url, let selector else { return nil }
    self.init(url: url, selector: selector)
  }
}
