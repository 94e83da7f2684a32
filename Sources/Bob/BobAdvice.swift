/// The sentences an operator reads when Bob does not show what it must: each names the setting that mends it.
package enum BobAdvice {
  static let noToken =
    "the token of Bob's service user is missing or is no token; paste it again into the file bob.token_file names"
  static let wrongToken =
    "Bob refuses the service user or its token (401); check bob.service_user and the file bob.token_file names: in Bob, Settings > "
    + "Integrations > Service users"
  static let forbidden =
    "Bob accepts the service user but forbids the read (403); in Bob, Settings > Account > Permission groups, add the "
    + "service user to a group that may view people's data, and see that API access is not limited to other addresses"
  static let rateLimited = "Bob's rate limit is used up; it is asked again after the reset"
  static let loginPage =
    "Bob answered with a web page instead of data; check bob.environment, and that nothing on the way answers in its place"
  static let tooMuch = "Bob's answer is longer than any company's can be; it was not believed"
  static let notJSON = "Bob's answer is no whole JSON document; nothing in it was believed"
  static let noEmployees = "Bob's answer holds no list of employees; nothing in it was believed"
  static let badRecord =
    "an employee record in Bob's answer cannot be read or has no usable ID; nothing was believed"
  static let otherPerson =
    "Bob answered with another person's record than was asked for; nothing was believed"
  static let personGone =
    "Bob has no such employee any more, or no longer shows them to the service user; nothing could be read again"
  static let nobody =
    "Bob shows nobody at all; in Bob, Settings > Account > Permission groups, see that the service user is a member and "
    + "that \"Access data for\" selects people"
  static let noLifecycle =
    "Bob no longer shows lifecycle data; in Bob, Settings > Account > Permission groups > People's data, grant View on "
    + "the category Lifecycle"
  static let noInactive =
    "Bob shows nobody who has left or not yet begun, so leavers would not be seen; in the permission group set \"Access "
    + "data for\" to people by condition with every lifecycle status, since \"Everyone\" means active people only. If "
    + "nobody has ever left, start the appliance as `refpassport run --since` with today's date, so that the first "
    + "leaver counts"
  static let inactiveGone =
    "Bob no longer shows anybody who has left; in the permission group set \"Access data for\" to people by condition "
    + "with every lifecycle status, since \"Everyone\" means active people only. If all who had left were deleted in Bob "
    + "instead, this ends with the next leaver"

  /// A field is not shown.
  ///
  /// - Parameter category: the category in which this Bob keeps it; left out, the one in which it is unless it was moved.
  static func hidden(_ field: EmployeeField, category: String? = nil) -> String {
    "Bob does not show \(field.path); in Bob, Settings > Account > Permission groups > People's data, grant View on the "
      + "category \(category ?? "\(field.permission), or the one that `refpassport check` names")"
  }

  static let closedLists =
    "Bob does not show its named lists; names come with people's records as long as Bob sends them, but an item without one "
    + "would hold its leaver: in the permission group, grant View on company lists"
  static let viewOnly =
    "the appliance makes no request that could write; that the service user could not either, no read can show: in Bob, "
    + "Settings > Account > Permission groups, keep the service user in one group of its own, and there, under People's "
    + "data, tick View on Basic info, Work and Lifecycle, and neither Edit, nor histories, nor any other category"

  static func unknownDepartments(_ names: [String]) -> String {
    "bob.exclude_departments: Bob has no department \(names.joined(separator: ", ")); its leavers would get references"
  }

  static func noSuchTrigger(_ known: [String]) -> String {
    "bob.trigger_statuses: Bob has none of them, so nobody would ever count as a leaver; it has "
      + known.joined(separator: ", ")
  }

  static func unexpected(_ status: Int) -> String {
    "Bob answered \(status), which no read of the appliance should cause; check bob.environment and bob.base_url"
  }

  static func serverTrouble(_ status: Int) -> String {
    "Bob has trouble (\(status)); it is asked again later"
  }

  static func trouble(_ failure: BobExchangeFailure) -> String {
    switch failure {
    case .unreachable: "Bob cannot be reached; check the network, the proxy and the firewall"
    case .untrusted: "the certificate shown in Bob's place is not trusted; check the proxy and the clock"
    case .timedOut: "Bob did not answer in time; it is asked again later"
    case .cut: "Bob's answer broke off; it is asked again later"
    }
  }

  static func fault(_ fault: JSONFault) -> String {
    switch fault {
    case .malformed, .tooDeep: notJSON
    case .noEmployees: noEmployees
    case .tooLong: badRecord
    }
  }

  /// Every sentence, with numbers and names of fields put in: words that are kept while an alarm stands, and that a scan must
  /// not take for somebody's name.
  package static let all: [String] =
    [
      noToken, wrongToken, forbidden, rateLimited, loginPage, tooMuch, notJSON, noEmployees, badRecord, otherPerson,
      personGone, nobody, noLifecycle, noInactive, inactiveGone, unexpected(0), serverTrouble(0),
    ] + EmployeeField.allCases.map { hidden($0) }
    + [BobExchangeFailure.unreachable, .untrusted, .timedOut, .cut].map { trouble($0) }
}
