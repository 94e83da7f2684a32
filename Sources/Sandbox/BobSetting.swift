import Yams

/// A switch of the stand-in under the name by which scenario files and scripts turn it.
package struct BobSetting: Sendable {
  typealias Turn = @Sendable (inout SandboxBob.Switches) -> Void

  package let name: String
  /// What it may be set to, and what that does; for the help text.
  package let about: String
  /// What setting it to a value does; nil if there is no such value.
  let reading: @Sendable (Node) -> Turn?

  /// Every switch, in the order of the help text.
  package static let all: [BobSetting] =
    permissions + shapes + [
      number("stale_for", "seconds for which a change stays invisible") { $0.staleFor = Int64($1 ?? 0) },
      flag("flapping", "every other read sees a change at once") { $0.flapping = $1 },
      words("unsteady", "[ID, ...]: people whose title changes with every read") { $0.unsteady = $1 },
      flag("early_dates", "termination dates show before they have come") { $0.showsDatesEarly = $1 },
      number("rate_limit", "requests a minute and an endpoint; null ends counting") { switches, limit in
        switches.limitsRate = limit != nil
        switches.limit = limit ?? switches.limit
      },
      choice("reset", "what X-RateLimit-Reset says") { $0.reset = $1 },
      number("retry_after", "seconds in Retry-After; null for none") { $0.retryAfter = $1 },
      choice("limit_body", "the body of a 429") { $0.limitBody = $1 },
      choice("firewall", "blocks by 403, drops the connection, or is off") { $0.firewall = $1 },
      perhaps("trouble", "what goes wrong on the way; null ends it") { $0.trouble = $1 },
      choice("trouble_on", "which reads the trouble concerns") { $0.troubleOn = $1 },
      words("trouble_for", "[ID, ...]: whose records the trouble concerns; [] for everybody's") { $0.troubleFor = $1 },
      number("trouble_times", "how often it happens; null for always") { $0.troubleTimes = $1 },
      number("cut_after", "bytes after which people answers end; null for none") { $0.cutsAfter = $1 },
      words("leaver_statuses", "[STATUS, ...]: in which the recorder takes a read as fair") { $0.leaverStatuses = $1 },
      number("leaver_days", "days before a termination date from which it does too") { $0.leaverDays = $1 },
    ]

  private static let permissions: [BobSetting] = [
    words("view", "[root, work, lifecycle, home]: categories with View") { $0.categories = $1 },
    BobSetting(name: "moved_fields", about: "{FIELD: CATEGORY}: fields that stand in another category") { node in
      guard let map = node.mapping else { return nil }
      var moved: [String: String] = [:]
      for (field, category) in map { moved[field.string ?? ""] = category.string }
      guard moved.count == map.count, moved.keys.allSatisfy({ BobField.named($0) != nil }) else { return nil }
      return { [moved] in $0.moved = moved }
    },
    BobSetting(
      name: "audience", about: "all, active (\"Everyone\"), nobody, {statuses: [...]} or {sites: [...]}: who is seen"
    ) { node in
      guard let audience = audience(node) else { return nil }
      return { $0.audience = audience }
    },
    flag("history", "whole lifecycle tables, or their current row") { $0.seesHistory = $1 },
    flag("lists", "named lists may be read; if not, 403") { $0.seesLists = $1 },
    BobSetting(name: "refuses", about: "401 or 403 to everything; null ends it") { node in
      if node.null != nil { return { $0.refusal = nil } }
      guard let refusal = node.int.flatMap({ SandboxBob.Switches.Refusal(rawValue: $0) }) else { return nil }
      return { $0.refusal = refusal }
    },
    choice("refusal_body", "the body of a 401 or 403") { $0.refusalBody = $1 },
  ]

  private static let shapes: [BobSetting] = [
    choice("shape", "how values come") { $0.shape = $1 },
    flag("shuffled_keys", "members come in another order each time") { $0.shufflesKeys = $1 },
    flag("unknown_keys", "categories and values that nobody asked for") { $0.addsUnknownKeys = $1 },
    flag("numeric_ids", "IDs as JSON numbers") { $0.numericIDs = $1 },
    choice("human_dates", "how human-readable dates come") { $0.humanDates = $1 },
    flag("no_human_readable", "leaves humanReadable out") { $0.withoutHumanReadable = $1 },
    flag("wrapped_person", "one person comes inside employees") { $0.wrapsOnePerson = $1 },
    flag("wrapped_fields", "the metadata come inside fields") { $0.wrapsFields = $1 },
    choice("lists_shape", "how the list of all lists comes") { $0.listsShape = $1 },
    flag("strict_get", "400 to a GET with a Content-Type") { $0.refusesContentTypeOnGet = $1 },
    flag("restricted_columns", "wraps the rows of a table once more") { $0.restrictsColumns = $1 },
    choice("cursor", "where the cursor of a bulk read leads") { $0.cursor = $1 },
    flag("empty_tables", "tables come as an empty body") { $0.emptyTables = $1 },
  ]

  package static func named(_ name: String) -> BobSetting? { all.first { $0.name == name } }

  // MARK: - Kinds

  private static func flag(
    _ name: String, _ about: String, _ set: @escaping @Sendable (inout SandboxBob.Switches, Bool) -> Void
  ) -> BobSetting {
    BobSetting(name: name, about: "true or false: " + about) { node in
      guard let value = node.bool else { return nil }
      return { set(&$0, value) }
    }
  }

  private static func number(
    _ name: String, _ about: String, _ set: @escaping @Sendable (inout SandboxBob.Switches, Int?) -> Void
  ) -> BobSetting {
    BobSetting(name: name, about: about) { node in
      if node.null != nil { return { set(&$0, nil) } }
      guard let value = node.int, (0...1_000_000_000).contains(value) else { return nil }
      return { set(&$0, value) }
    }
  }

  private static func words(
    _ name: String, _ about: String, _ set: @escaping @Sendable (inout SandboxBob.Switches, Set<String>) -> Void
  ) -> BobSetting {
    BobSetting(name: name, about: about) { node in
      guard let list = node.sequence else { return nil }
      let words = Set(list.compactMap(\.string))
      return { set(&$0, words) }
    }
  }

  private static func choice<Value: Choice>(
    _ name: String, _ about: String, _ set: @escaping @Sendable (inout SandboxBob.Switches, Value) -> Void
  ) -> BobSetting {
    BobSetting(name: name, about: "\(Value.names): \(about)") { node in
      guard let value = node.string.flatMap({ Value(rawValue: $0) }) else { return nil }
      return { set(&$0, value) }
    }
  }

  private static func perhaps<Value: Choice>(
    _ name: String, _ about: String, _ set: @escaping @Sendable (inout SandboxBob.Switches, Value?) -> Void
  ) -> BobSetting {
    BobSetting(name: name, about: "\(Value.names): \(about)") { node in
      if node.null != nil { return { set(&$0, nil) } }
      guard let value = node.string.flatMap({ Value(rawValue: $0) }) else { return nil }
      return { set(&$0, value) }
    }
  }

  private static func audience(_ node: Node) -> SandboxBob.Switches.Audience? {
    if let map = node.mapping, map.count == 1, let entry = map.first, let list = entry.value.sequence {
      let words = Set(list.compactMap(\.string))
      switch entry.key.string {
      case "statuses": return .statuses(words)
      case "sites": return .sites(words)
      default: return nil
      }
    }
    switch node.string {
    case "all": return .all
    case "active": return .active
    case "nobody": return .nobody
    default: return nil
    }
  }
}

/// A closed list of words that a switch can be set to.
private typealias Choice = RawRepresentable<String> & CaseIterable & Sendable & SendableMetatype

extension CaseIterable where Self: RawRepresentable<String> {
  fileprivate static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
