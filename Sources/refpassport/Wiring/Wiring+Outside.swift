import Audit
import Bob
import Cryptography
import Curl
import DNS
import Delivery
import Foundation
import Mail
import Reference
import SMTP
import Settings
import Templates
import TimeStamp

// The parts that speak with the outside, each made from its section of the configuration.
extension Wiring {
  static func watcher(
    _ configuration: Settings.Configuration, keys: ApplianceKeys, log: any DepartureLog, clock: any WallClock,
    since: CalendarDate? = nil
  ) throws -> Watcher {
    Watcher(
      client: try client(configuration, clock: clock), log: log, rules: try rules(configuration, since: since),
      marks: Marks(key: KeyedMarks(key: keys.mark), company: configuration.organisation.domain), clock: clock)
  }

  static func client(_ configuration: Settings.Configuration, clock: any WallClock) throws -> BobClient {
    let bob = configuration.bob
    let token = bob.token
    return BobClient(
      endpoint: try endpoint(bob.site), serviceUser: bob.serviceUser, token: { try token.load().text },
      exchange: CurlExchange(), clock: clock)
  }

  /// - Parameter since: a backfill on purpose, from that day on.
  static func rules(_ configuration: Settings.Configuration, since: CalendarDate? = nil) throws -> WatchRules {
    let bob = configuration.bob
    guard let zone = OrganisationZone(configuration.organisation.timeZone) else {
      throw CommandFailure(.usage, "organisation.time_zone is not known to this system.")
    }
    return WatchRules(
      triggers: Set(bob.triggerStatuses.compactMap { LifecycleStatus($0) }), leadDays: bob.leadDays,
      maxAge: Int(bob.maxAge / 86_400), surgeLimit: bob.surgeLimit, approvesAll: bob.approval == .all,
      excluded: ExcludedDepartments(bob.excludedDepartments), rereadAfter: bob.rereadAfter, since: since, zone: zone)
  }

  private static func endpoint(_ site: Settings.Configuration.Bob.Site) throws -> BobEndpoint {
    switch site {
    case .production: return .production
    case .sandbox: return .sandbox
    case .loopback(let url):
      guard let endpoint = BobEndpoint(loopback: url.description) else {
        throw CommandFailure(.usage, "bob.base_url must be http://127.0.0.1:PORT/v1, for demo and tests.")
      }
      return endpoint
    }
  }

  static func relay(_ configuration: Settings.Configuration) throws -> Relay {
    let relay = configuration.relay
    let tls: Relay.TLS =
      switch relay.tls {
      case .required: .required
      case .opportunistic: .opportunistic
      case .none: .none
      }
    try relay.clientCertificate?.inspectKey()
    return try Relay(
      try RelayEndpoint(parsing: relay.endpoint.description), tls: tls, caFile: relay.caFile,
      clientCertificate: relay.clientCertificate.map { .init(file: $0.file, keyFile: $0.keyFile) },
      tlsMinimum: relay.tlsMinimum == .tls13 ? .tls13 : .tls12, login: try relay.login.map(login),
      ehloName: configuration.organisation.domain)
  }

  private static func login(_ login: Settings.Configuration.Relay.Login) throws -> Relay.Login {
    let mechanisms: [Relay.Mechanism] =
      switch login.auth {
      case .any: login.takesToken ? Relay.Mechanism.ofToken : Relay.Mechanism.ofPassword
      case .plain: [.plain]
      case .login: [.login]
      case .cramMD5: [.cramMD5]
      case .xoauth2: [.xoauth2]
      case .oauthBearer: [.oauthBearer]
      }
    let source = login.secret
    return try Relay.Login(username: login.username, mechanisms: mechanisms) { () throws(Relay.Login.Missing) in
      do throws(ConfigurationError) {
        return Curl.Secret(try source.load().text)
      } catch {
        throw Relay.Login.Missing(advice: "\(error).")
      }
    }
  }

  static func issuer(
    _ configuration: Settings.Configuration, keys: ApplianceKeys, origin: String, drawing: any DrawingService
  ) throws -> Issuer {
    guard let selector = KeySelector(configuration.verify.selector) else {
      throw CommandFailure(.usage, "verify.selector must be 1 to 63 letters and digits, such as REF1.")
    }
    return try Issuer(
      organisation: configuration.organisation, keys: keys.issuer,
      verifyURL: configuration.verify.url.description, selector: selector,
      vkey: try NoteSigner(name: origin, key: keys.ledger).verifier.vkey, drawing: drawing)
  }

  static func composer(_ configuration: Settings.Configuration) throws -> TemplateComposer {
    try TemplateComposer(
      directory: configuration.templates, locale: configuration.organisation.locale,
      organisation: configuration.organisation, from: configuration.relay.from, replyTo: configuration.relay.replyTo,
      verifyURL: configuration.verify.url.description)
  }

  /// Who timestamps checkpoints; nil if nobody does.
  static func timestampAuthority(_ configuration: Settings.Configuration) throws -> HTTPTimestampAuthority? {
    guard let timestamps = configuration.timestamps else { return nil }
    do {
      return HTTPTimestampAuthority(
        url: timestamps.url.description, roots: try TimestampRoots(file: timestamps.caFile),
        domain: configuration.organisation.domain)
    } catch {
      throw CommandFailure(
        .usage, "audit.timestamp_ca_file: \(error); it must hold the root certificate of the authority.")
    }
  }

  /// Who hears of what, and by which relay.
  static func directory(
    _ configuration: Settings.Configuration, relay: any Transport
  ) throws -> NoticeCourier.Directory {
    let notices = configuration.notices
    return NoticeCourier.Directory(
      recipients: [.hr: notices.hr, .ops: notices.ops, .officer: notices.officer],
      domain: configuration.organisation.domain, relay: relay,
      alarmRelay: try alarmRelay(configuration).map { SMTPTransport($0) })
  }

  /// The other way for alarms: without a login, with TLS unless it is on this machine.
  static func alarmRelay(_ configuration: Settings.Configuration) throws -> Relay? {
    let relay = configuration.relay
    return try configuration.notices.relay.map { endpoint in
      try Relay(
        try RelayEndpoint(parsing: endpoint.description), tls: endpoint.isLoopback ? .none : .required,
        caFile: relay.caFile, tlsMinimum: relay.tlsMinimum == .tls13 ? .tls13 : .tls12,
        ehloName: configuration.organisation.domain)
    }
  }

  /// This program again, in a process that ends after one sheet.
  static var childDrawing: ChildProcessDrawing {
    let own = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    return ChildProcessDrawing(executable: own ?? CommandLine.arguments[0])
  }
}
