package import Delivery

/// Examines what Bob lets the service user see, for `check`, and says plainly what that does not prove.
///
/// It reads the catalogue of fields and the three fields of step 1; of nobody does it read a name.
package struct BobDoctor: Sendable {
  private let client: BobClient
  private let rules: WatchRules
  private let clock: any WallClock

  package init(client: BobClient, rules: WatchRules, clock: any WallClock) {
    self.client = client
    self.rules = rules
    self.clock = clock
  }

  /// One thing examined.
  package struct Finding: Sendable, Hashable {
    package enum Verdict: String, Sendable, Hashable, CaseIterable {
      case proven, failed
      /// No read that is fair can show it.
      case unproven
    }
    /// A short name for lists: `credentials`, `fields`, `lifecycle`, `leavers`, `reference fields`, `read-only`.
    package var name: String
    package var verdict: Verdict
    /// A sentence for an operator; names the setting in Bob if something is to be mended.
    package var sentence: String
  }

  /// Examines everything; never throws, since a failure is a finding.
  package func check() async -> [Finding] {
    do {
      let catalogue = try await client.collect(.fields)
      var findings = [
        Finding(name: "credentials", verdict: .proven, sentence: "Bob accepts the service user and its token")
      ]
      findings.append(Self.judge(catalogue))
      findings += await lookAtPeople()
      return findings + Self.beyondProof
    } catch {
      return [Finding(name: "credentials", verdict: .failed, sentence: error.advice)]
    }
  }

  private func lookAtPeople() async -> [Finding] {
    let plan = PollPlan(
      rules: rules, marks: Marks(key: NoMarks(), company: ""), today: rules.zone.day(at: clock.now()),
      handled: nil)
    let body = SearchBody(plan: plan)
    do {
      _ = try await client.perform(.search) { body.take($0) }
      let seen = try body.finish()
      return [
        Finding(
          name: "lifecycle", verdict: .proven,
          sentence: "Bob shows lifecycle status and termination date of \(seen.people) people"),
        Finding(
          name: "leavers", verdict: .proven,
          sentence: "\(seen.inactive) of them have left or not yet begun, so inactive people are visible"),
      ]
    } catch let error as SearchBody.Disbelief {
      guard error.advice == BobAdvice.noInactive else {
        return [Finding(name: "lifecycle", verdict: .failed, sentence: error.advice)]
      }
      return [
        Finding(
          name: "lifecycle", verdict: .proven, sentence: "Bob shows lifecycle status and termination date"),
        Finding(name: "leavers", verdict: .failed, sentence: error.advice),
      ]
    } catch let error as LeaverSourceFailure {
      return [Finding(name: "lifecycle", verdict: .failed, sentence: error.advice)]
    } catch {
      return [Finding(name: "lifecycle", verdict: .failed, sentence: BobAdvice.notJSON)]
    }
  }

  /// Whether every field that is ever asked for exists.
  private static func judge(_ catalogue: [UInt8]?) -> Finding {
    guard let catalogue, let known = try? fieldIDs(in: catalogue) else {
      return Finding(name: "fields", verdict: .failed, sentence: BobAdvice.notJSON)
    }
    let missing = EmployeeField.allCases.filter { !known.contains($0.path) }
    guard missing.isEmpty else {
      let names = missing.map(\.path).joined(separator: ", ")
      return Finding(name: "fields", verdict: .failed, sentence: "Bob knows no field \(names)")
    }
    return Finding(name: "fields", verdict: .proven, sentence: "Bob knows every field that is asked for")
  }

  /// The IDs in a bare array of fields, or in one under `fields`: both shapes are sent.
  private static func fieldIDs(in json: [UInt8]) throws(JSONFault) -> Set<String> {
    var reader = JSONReader(json)
    var ids: Set<String> = []
    func entry(_ reader: inout JSONReader) throws(JSONFault) {
      try reader.object { reader, name throws(JSONFault) in
        if name == "id", try reader.kind() == .string {
          ids.insert(try reader.string())
        } else {
          try reader.skip()
        }
      }
    }
    if try reader.kind() == .array {
      try reader.array(entry)
    } else {
      try reader.object { reader, name throws(JSONFault) in
        if name == "fields", try reader.kind() == .array {
          try reader.array(entry)
        } else {
          try reader.skip()
        }
      }
    }
    try reader.end()
    return ids
  }

  private static let beyondProof = [
    Finding(
      name: "everybody", verdict: .unproven,
      sentence:
        "Bob leaves out silently whom the service user may not see: look in the permission group that \"Access "
        + "data for\" covers every site and every lifecycle status"),
    Finding(
      name: "reference fields", verdict: .unproven,
      sentence:
        "names, e-mail, title, department and start date are read of leavers only, so the first leaver will "
        + "show it: see that the permission group has View on the categories Basic info and Work"),
    Finding(
      name: "read-only", verdict: .unproven,
      sentence:
        "the appliance makes no request that could write; that the service user could not either is set in the "
        + "permission group: grant View and nothing else"),
  ]

  /// Examination remembers nobody.
  private struct NoMarks: MarkKey {
    func mark(_ label: String, _ parts: [String]) -> [UInt8] { [] }
  }
}
