extension Configuration {
  /// `bob.*`: whom to ask, how often, and whom to take for a leaver.
  package struct Bob: Sendable {
    /// Which Bob is asked.
    package enum Site: Sendable, Hashable {
      case production
      case sandbox
      /// A stand-in on this machine, for demo and tests.
      case loopback(Endpoint)
    }

    package enum Approval: String, Sendable, Hashable, CaseIterable {
      /// References go out by themselves.
      case none
      /// Every case waits for a person.
      case all
    }

    private enum Environment: String, CaseIterable {
      case production, sandbox
      case loopback = ""
    }

    package let site: Site
    package let serviceUser: String
    package let token: SecretSource
    package let pollEvery: Int64
    /// Seconds between the two readings that must agree.
    package let rereadAfter: Int64
    /// Lower case.
    package let triggerStatuses: [String]
    package let leadDays: Int
    /// A departure older than this is always held.
    package let maxAge: Int64
    /// More new leavers than this in one poll are all held.
    package let surgeLimit: Int
    package let approval: Approval
    /// Names or list item IDs of departments whose leavers get no reference.
    package let excludedDepartments: [String]
    /// Seconds without a successful poll after which ops are alarmed.
    package let alarmAfter: Int64
  }
}

extension Configuration.Bob {
  init?(_ reader: inout SettingReader, environment: [String: String]) {
    let site = Self.site(&reader)
    let serviceUser = reader.required(
      .bobServiceUser, "the ID of the service user, such as SERVICE-1234", Shape.text)
    let path = Shape.path(in: reader.directory)
    let tokenFile = reader.value(.bobTokenFile, default: "bob-token") { text throws(Misfit) in
      text.isEmpty ? nil : try path(text)
    }
    let token = SecretSource.choose(.bobToken, file: tokenFile ?? nil, environment: environment)
    if tokenFile != nil && token == nil {
      reader.reject(.bobTokenFile, "is empty and there is no token; \(SecretName.bobToken.wayIn)")
    }
    let pollEvery = reader.value(.bobPollEvery, default: "15m", Shape.duration)
    let rereadAfter = reader.value(.bobRereadAfter, default: "20s", Shape.duration)
    let statuses = reader.list(.bobTriggerStatuses, default: ["terminated", "offboarded"], Shape.text)
    let leadDays = reader.value(.bobLeadDays, default: "0", Shape.integer(0...365))
    let maxAge = reader.value(.bobMaxAge, default: "30d", Shape.duration)
    let surgeLimit = reader.value(.bobSurgeLimit, default: "25", Shape.integer(1...100_000))
    let approval = reader.value(.bobApproval, default: "none", Shape.choice(Approval.self))
    let departments = reader.list(.bobExcludeDepartments, default: [], mayBeEmpty: true, Shape.text)
    let alarmAfter = reader.value(.bobAlarmAfter, default: "2h", Shape.duration)
    guard let site, let serviceUser, let token, let pollEvery, let rereadAfter, let statuses, let leadDays,
      let maxAge, let surgeLimit, let approval, let departments, let alarmAfter
    else { return nil }
    self.init(
      site: site, serviceUser: serviceUser, token: token, pollEvery: pollEvery, rereadAfter: rereadAfter,
      triggerStatuses: statuses.map { $0.lowercased() }, leadDays: leadDays, maxAge: maxAge,
      surgeLimit: surgeLimit, approval: approval, excludedDepartments: departments, alarmAfter: alarmAfter)
  }

  /// The two pinned hosts need no URL; any other must be this machine, so that a token cannot be sent elsewhere.
  private static func site(_ reader: inout SettingReader) -> Site? {
    let environment = reader.value(.bobEnvironment, default: "production", Shape.choice(Environment.self))
    let url = reader.optional(.bobBaseURL) { text throws(Misfit) in
      try Endpoint(text, ports: ["http": 80, "https": 443])
    }
    guard let environment, !reader.isRejected(.bobBaseURL) else { return nil }
    switch (environment, url) {
    case (.production, nil): return .production
    case (.sandbox, nil): return .sandbox
    case (.loopback, let url?) where url.isLoopback: return .loopback(url)
    case (.loopback, nil):
      reader.reject(
        .bobBaseURL, "is missing: with an empty bob.environment it names a stand-in on this machine")
    case (.loopback, _?):
      reader.reject(
        .bobBaseURL, "must be on this machine (127.0.0.1, ::1 or localhost): the token goes there")
    case (_, _?):
      reader.reject(
        .bobBaseURL, "must be empty with bob.environment \(environment.rawValue), whose host is fixed")
    }
    return nil
  }
}
