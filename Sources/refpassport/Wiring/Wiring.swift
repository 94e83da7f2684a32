import Audit
import Bob
import Cryptography
import Curl
import DNS
import Delivery
import Foundation
import Logging
import Mail
import Reference
import SMTP
import Settings
import Store
import Templates
import TimeStamp

/// Everything one command needs, put together from the configuration: the only place where all modules meet.
struct Wiring: Sendable {
  let configuration: Settings.Configuration
  let clock: WatchedClock
  let store: ApplianceStore
  let watcher: Watcher
  let transport: SMTPPool
  let desk: CaseDesk
  let evidence: EvidenceDesk
  let reissue: Reissue
  let appliance: Appliance
  let standingScan: StandingScan
  let nightly: NightlyScan
  /// The issuer's root certificate (PEM), which verifiers may pin.
  let rootCertificate: String

  /// Opens the appliance of the configuration that the options name.
  init(_ options: ConfigOptions) async throws { try await self.init(try options.load()) }

  /// Opens the appliance: keys, store (which this process owns from now on), templates, relay and Bob. Contacts nobody.
  ///
  /// - Parameters:
  ///   - drawing: how references are drawn; left out, in a child process, which takes fonts and names out of memory when
  ///     it ends.
  ///   - sources: where reports arrive; left out, where the configuration says.
  ///   - since: whoever left from that day on counts, though gone before the first contact.
  init(
    _ configuration: Settings.Configuration, clock: any WallClock = SystemClock(), logger: Logger = Log.standard,
    drawing: (any DrawingService)? = nil, sources: [any ReportSource]? = nil,
    since: CalendarDate? = nil
  ) async throws {
    self.configuration = configuration
    let clock = WatchedClock(clock)
    self.clock = clock
    let lock = try DataDirectoryLock(dataDirectory: configuration.dataDirectory)
    let keys = try Self.openKeys(configuration, at: clock.now())
    rootCertificate = try keys.issuer.root.pem
    let organisation = configuration.organisation
    let origin = Self.origin(of: keys, domain: organisation.domain)
    store = try ApplianceStore.open(
      dataDirectory: configuration.dataDirectory, lock: lock, kek: try Self.kek(configuration), signer: keys.ledger,
      origin: origin,
      extraRoots: configuration.scanPaths,
      vocabulary: [organisation.name, organisation.domain] + BobAdvice.all + SourceAlarm.words,
      lookupRetention: configuration.lookupRetention, logger: logger)
    let policy = try configuration.retryPolicy()
    let admission = Admission(domains: IDN2Domains())
    watcher = try Self.watcher(configuration, keys: keys, log: store, clock: clock, since: since)
    transport = SMTPPool(try Self.relay(configuration), sessions: configuration.relay.sessions)
    let relay = configuration.relay
    let returnPath = ReturnPath(
      bounceAddress: relay.bounceAddress, style: relay.returnPath == .verp ? .verp : .plain, key: keys.returnPath)
    let issuer = try Self.issuer(configuration, keys: keys, origin: origin, drawing: drawing ?? Self.childDrawing)
    let composer = try Self.composer(configuration)
    let posting = Posting(composer: composer, organisation: organisation, origin: origin)
    let bell = AlarmBell(store, logger: logger)
    let restores = RestoreGuard(store, leadDays: configuration.bob.leadDays)
    desk = CaseDesk(store: store, ledger: store, posting: posting, admission: admission, restores: restores)
    reissue = Reissue(store: store, departures: store, admission: admission, logger: logger)
    evidence = EvidenceDesk(store: store, intake: store, returnPath: returnPath, policy: policy, logger: logger)
    let bounces = BounceWatch(
      sources: try sources ?? Self.reportSources(configuration), desk: evidence, log: store,
      prober: Prober(
        log: store, transport: transport, returnPath: returnPath, from: relay.from, domain: organisation.domain,
        logger: logger),
      bell: bell, logger: logger)
    standingScan = StandingScan(store, shapes: ScanShapes(domain: organisation.domain))
    nightly = NightlyScan(
      standingScan, bell: bell, timeZone: TimeZone(identifier: organisation.timeZone) ?? .gmt)
    let stamping = CheckpointStamping(
      authority: try Self.timestampAuthority(configuration), log: store, bell: bell, logger: logger)
    appliance = Appliance(
      .init(
        source: watcher,
        sourceAlarm: SourceAlarm(
          log: store, bell: bell, patience: configuration.bob.alarmAfter, started: clock.now()), store: store,
        checkpoints: CheckpointPost(ledger: store, log: store, stamping: stamping),
        intake: Intake(
          store: store, departures: store, admission: admission, restores: restores, logger: logger),
        issuance: Issuance(
          store: store, ledger: store, issuer: issuer, posting: posting, admission: admission, logger: logger),
        courier: Courier(
          store: store, transport: transport, returnPath: returnPath, policy: policy, bell: bell, logger: logger),
        settlement: Settlement(
          store: store, purger: store, confirm: configuration.confirm, retention: configuration.retention,
          logger: logger),
        lookup: store, restores: store, nightly: nightly,
        pruner: store, bounces: bounces,
        notices: NoticeCourier(
          queue: store, composer: composer, directory: try Self.directory(configuration, relay: transport),
          returnPath: returnPath, logger: logger),
        bell: bell, policy: policy, clock: clock, logger: logger))
    try noteConfiguration(at: clock.now())
  }

  /// Ends a command that wrote: the tree head is signed, so that a reader sees a whole ledger.
  func finish() throws { _ = try store.checkpoint(at: clock.now()) }

  /// Looks for what must never be there: where it always looks, or in files and directories that somebody names.
  func scan(_ paths: [String], at now: Timestamp) throws -> ScanReport {
    guard paths.isEmpty else { return try standingScan.search(paths) }
    let (past, report) = try standingScan.full(at: now)
    nightly.judge(past)
    return report
  }

  /// Opens the store for reading, also beside a running daemon.
  static func reader(_ options: ConfigOptions) throws -> ApplianceStore {
    let directory = try options.load().dataDirectory
    guard FileManager.default.fileExists(atPath: directory + "/refpassport.db") else {
      throw CommandFailure(
        .usage, "data_dir (\(directory)) holds no appliance yet: run `refpassport run --once` first.")
    }
    return try ApplianceStore.reader(dataDirectory: directory, logger: Log.standard)
  }

  /// The verifier key of this machine's ledger; nil where there is none, as with whoever only verifies.
  static func ledgerKey(_ options: ConfigOptions) throws -> String? {
    do { return try reader(options).ledgerKey() } catch let error as StoreError { throw error } catch { return nil }
  }

  /// The ledger's name: the domain and the beginning of the ledger key's fingerprint, so that no two ledgers share one.
  static func origin(of keys: ApplianceKeys, domain: String) -> String {
    let fingerprint = SHA256.hash(keys.ledger.publicKey.raw)
    return "\(domain)/refpassport/\(Hex.encode(Array(fingerprint.prefix(4))))"
  }

  /// An entry whenever the configuration is another than at the last start; only its hash is told, and the promise that a
  /// verifier holds the appliance to.
  private func noteConfiguration(at now: Timestamp) throws {
    let hash = Base64URL.encode(SHA256.hash(Array(configuration.redactedDescription.utf8)))
    var fields: [String: CanonicalJSON] = [
      "sha256": .string(hash), LedgerVerifier.promiseField: .integer(configuration.retention.latest),
    ]
    if configuration.entryRetention > 0 { fields[Pruning.promiseField] = .integer(configuration.entryRetention) }
    guard try store.lastConfiguration() != fields else { return }
    try store.append([EntryDraft(.config, fields)], at: now)
  }

  private static func openKeys(_ configuration: Settings.Configuration, at now: Timestamp) throws -> ApplianceKeys {
    let fresh = !FileManager.default.fileExists(atPath: configuration.dataDirectory + "/keys")
    if fresh, let file = configuration.kek.file, !FileManager.default.fileExists(atPath: file) {
      try KEKFile.create(at: file)
    }
    return try ApplianceKeys.open(
      dataDirectory: configuration.dataDirectory, organisation: configuration.organisation.name, at: now)
  }

  static func kek(_ configuration: Settings.Configuration) throws -> SecretKey {
    SecretKey(try KEKFile.load(configuration.kek).bytes)
  }
}
