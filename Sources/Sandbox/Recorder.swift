/// Remembers every request the stand-in was sent, to prove what was asked and, above all, what was not.
package struct Recorder: Sendable {
  /// One request as it arrived, and what was answered.
  package struct Request: Sendable, Hashable {
    package var method: String
    /// The path without the query.
    package var path: String
    /// The dotted IDs asked for; empty where the read takes none.
    package var fields: [String]
    /// IDs of the people answered.
    package var people: [String]
    package var status: Int
    /// Personal fields times people who have not left.
    package var personalFieldsOfOthers: Int
  }

  package private(set) var requests: [Request] = []
  /// Requests that are none of the six reads the appliance may make.
  package private(set) var outsideReads: [Request] = []
  /// How often a personal field was asked of somebody who has not left.
  package private(set) var personalFieldsRequestedForNonLeavers = 0

  package init() {}

  /// Adds one request to the record.
  package mutating func note(_ request: Request) {
    requests.append(request)
    if !Self.allows(request.method, request.path) { outsideReads.append(request) }
    personalFieldsRequestedForNonLeavers += request.personalFieldsOfOthers
  }

  /// How many requests went to this path.
  package func count(_ method: String, _ path: String) -> Int {
    requests.count { $0.method == method && $0.path == path }
  }

  /// The six reads: two by POST, four by GET.
  package static func allows(_ method: String, _ path: String) -> Bool {
    let parts = path.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 3, parts[0].isEmpty, parts[1] == "v1", !parts.contains("..") else { return false }
    let rest = Array(parts.dropFirst(2))
    guard rest.allSatisfy({ !$0.isEmpty }) else { return false }
    switch (method, rest.count) {
    case ("POST", 2): return rest[0] == "people"
    case ("GET", 3):
      return rest == ["company", "people", "fields"] || rest == ["bulk", "people", "lifecycle"]
        || (rest[0] == "company" && rest[1] == "named-lists")
        || (rest[0] == "people" && rest[2] == "lifecycle")
    default: return false
    }
  }
}
