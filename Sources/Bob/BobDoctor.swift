package import Delivery

/// Examines what Bob lets the service user see, for `check`, and says plainly what that does not prove.
///
/// It reads the catalogue of fields, three named lists, the three fields of step 1, and, if somebody has left, the record of
/// one leaver; the values are looked at for being there and dropped. Of people who have not left it reads nothing more than
/// any poll.
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
    /// A short name for lists, such as `credentials`, `lifecycle` or `leavers`.
    package var name: String
    package var verdict: Verdict
    /// A sentence for an operator; names the setting in Bob if something is to be mended.
    package var sentence: String
  }

  /// Examines everything; never throws, since a failure is a finding.
  package func check() async -> [Finding] {
    let answer: [UInt8]?
    do { answer = try await client.collect(.fields) } catch {
      return [Finding(name: "credentials", verdict: .failed, sentence: error.advice)]
    }
    var findings = [Self.proven("credentials", "Bob accepts the service user and its token")]
    guard let answer, let catalogue = try? FieldCatalogue(json: answer) else {
      return findings + [Self.failed("fields", BobAdvice.notJSON)]
    }
    findings.append(Self.judge(catalogue))
    findings += await lookAtPeople(catalogue)
    findings += await lookAtLists()
    return findings + Self.beyondProof
  }

  // MARK: - People

  private func lookAtPeople(_ catalogue: FieldCatalogue) async -> [Finding] {
    let plan = PollPlan(
      rules: rules, marks: Marks(key: NoMarks(), company: ""), today: rules.zone.day(at: clock.now()), handled: nil)
    let seen: PollPlan
    do { seen = try await client.survey(plan) } catch {
      if case .blind(let advice) = error { return Self.disbelief(advice, catalogue) }
      return [Self.failed("lifecycle", error.advice)]
    }
    return [
      Self.proven(
        "lifecycle",
        "Bob shows lifecycle status and termination date of \(seen.people) people\(Self.place(catalogue, .lifecycleStatus))"
      ),
      Self.proven("leavers", "\(seen.inactive) of them have left or not yet begun, so inactive people are visible"),
    ] + unseen(seen) + (await lookAtLeaver(seen.someLeaver, catalogue))
  }

  private static func disbelief(_ advice: String, _ catalogue: FieldCatalogue) -> [Finding] {
    switch advice {
    case BobAdvice.noInactive:
      [
        proven("lifecycle", "Bob shows lifecycle status and termination date"), failed("leavers", advice),
        unprovenFields,
      ]
    case BobAdvice.nobody: [failed("leavers", advice), unprovenFields]
    case BobAdvice.noLifecycle:
      [failed("lifecycle", BobAdvice.hidden(.lifecycleStatus, category: catalogue[.lifecycleStatus]))]
    case BobAdvice.hidden(.id): [failed("basic info", BobAdvice.hidden(.id, category: catalogue[.id]))]
    default: [failed("lifecycle", advice)]
    }
  }

  /// Statuses that mean a departure, in which nobody is just now.
  private func unseen(_ seen: PollPlan) -> [Finding] {
    let missing = rules.triggers.subtracting(seen.triggersSeen).subtracting([.offboarded]).map(\.text).sorted()
    guard !missing.isEmpty else { return [] }
    return [
      Finding(
        name: "statuses", verdict: .unproven,
        sentence:
          "nobody visible is in the status \(missing.joined(separator: ", ")) just now, so it is not proven that such "
          + "people would be seen: \"Access data for\" must select people by condition with every lifecycle status")
    ]
  }

  /// The reference fields, by the record of somebody who has left.
  private func lookAtLeaver(_ id: EmployeeID?, _ catalogue: FieldCatalogue) async -> [Finding] {
    guard let id else { return [Self.unprovenFields] }
    do {
      guard let body = try await client.collect(.person(id, .reference)) else { return [Self.unprovenFields] }
      let leaver = try Employee(json: body)
      let hidden = ReadingScope.reference.fields.filter { !leaver.shows($0) }
      guard hidden.isEmpty else {
        return hidden.map { Self.failed("field \($0.path)", BobAdvice.hidden($0, category: catalogue[$0])) }
      }
      return [
        Self.proven("reference fields", "Bob shows every field of a reference, as the record of one leaver proves")
      ]
    } catch let failure as LeaverSourceFailure {
      return [Self.failed("reference fields", failure.advice)]
    } catch {
      return [Self.failed("reference fields", BobAdvice.notJSON)]
    }
  }

  // MARK: - Lists

  private func lookAtLists() async -> [Finding] {
    var findings: [Finding] = []
    var closed = false
    for name in BobRead.ListName.allCases {
      guard let body = try? await client.collect(.namedList(name)), let list = try? NamedList(json: body) else {
        closed = true
        continue
      }
      switch name {
      case .department where !rules.excluded.isEmpty:
        let missing = rules.excluded.missing(from: list)
        findings.append(
          missing.isEmpty
            ? Self.proven("excluded departments", "Bob has every department of bob.exclude_departments")
            : Self.failed("excluded departments", BobAdvice.unknownDepartments(missing)))
      case .lifecycleStatus:
        let known = (list.allIDs + list.allNames).compactMap(LifecycleStatus.init)
        guard !known.isEmpty, rules.triggers.isDisjoint(with: known) else { continue }
        findings.append(Self.failed("trigger statuses", BobAdvice.noSuchTrigger(list.allNames)))
      case .title, .department: continue
      }
    }
    findings.insert(
      closed
        ? Finding(name: "lists", verdict: .unproven, sentence: BobAdvice.closedLists)
        : Self.proven("lists", "Bob shows the names of titles, departments and statuses"), at: 0)
    return findings
  }

  // MARK: - Sentences

  /// Whether every field that is ever asked for exists.
  private static func judge(_ catalogue: FieldCatalogue) -> Finding {
    let missing = EmployeeField.allCases.filter { catalogue[$0] == nil }
    guard missing.isEmpty else {
      return failed("fields", "Bob knows no field \(missing.map(\.path).joined(separator: ", "))")
    }
    return proven("fields", "Bob knows every field that is asked for")
  }

  private static func proven(_ name: String, _ sentence: String) -> Finding {
    Finding(name: name, verdict: .proven, sentence: sentence)
  }

  private static func failed(_ name: String, _ sentence: String) -> Finding {
    Finding(name: name, verdict: .failed, sentence: sentence)
  }

  private static func place(_ catalogue: FieldCatalogue, _ field: EmployeeField) -> String {
    catalogue[field].map { " (category \($0))" } ?? ""
  }

  private static let unprovenFields = Finding(
    name: "reference fields", verdict: .unproven,
    sentence:
      "names, e-mail, title, department and start date are read of leavers only, and nobody who has left is visible, so the "
      + "first leaver will show it: see that the permission group has View on the categories Basic info and Work")

  private static let beyondProof = [
    Finding(
      name: "everybody", verdict: .unproven,
      sentence:
        "Bob leaves out silently whom the service user may not see: look in the permission group that \"Access "
        + "data for\" covers every site and every lifecycle status"),
    Finding(name: "read-only", verdict: .unproven, sentence: BobAdvice.viewOnly),
  ]

  /// Examination remembers nobody.
  private struct NoMarks: MarkKey {
    func mark(_ label: String, _ parts: [String]) -> [UInt8] { [] }
  }
}
