import Audit
import DNS
import Delivery
import Mail
import Store

/// Carries acts out on an appliance that this process owns.
struct ActExecution: Sendable {
  let wiring: Wiring

  /// - Parameter actor: who acts.
  func carryOut(_ act: Act, by actor: CaseDesk.Actor) async throws -> ActAnswer {
    let now = wiring.clock.now()
    var answer = ActAnswer()
    switch act {
    case .move(let verb, let selection):
      for id in try selection.cases(for: verb, in: wiring.store) {
        answer.rows.append(try await row(verb, id, alone: selection.number != nil, by: actor, at: now))
      }
    case .redeliver(let number, let text):
      let row = try wiring.desk.redeliver(try caseID(number), to: try Self.address(text), by: actor, at: now)
      answer.rows = [.init(case: row.id.description, stage: row.stage)]
    case .reveal(let number):
      answer.revealed = try wiring.desk.reveal(try caseID(number), by: actor, at: now)
    case .reissue(let employee):
      let row = try await wiring.reissue.make(employee: employee, from: wiring.watcher, by: actor, at: now)
      answer.rows = [.init(case: row.id.description, stage: row.stage)]
    case .purge:
      guard let settled = try await wiring.appliance.settle() else {
        throw CommandFailure(.outside, "The clock has jumped: nothing is purged until it is right; see `queue list`.")
      }
      answer.purge = PurgeRunDocument(settled.purges)
    case .holdPurge(let number, let reason, let text):
      guard let review = CalendarDate(machine: text) else {
        throw CommandFailure(.usage, "--review is a day, such as 2027-01-31.")
      }
      let row = try wiring.desk.holdPurge(try caseID(number), for: reason, until: review, by: actor, at: now)
      answer.rows = [.init(case: row.id.description, stage: row.stage)]
    case .releasePurge(let number):
      let row = try wiring.desk.releasePurge(try caseID(number), by: actor, at: now)
      answer.rows = [.init(case: row.id.description, stage: row.stage)]
    case .scan(let paths):
      answer.scan = ScanDocument(try wiring.scan(paths, at: now))
    case .process:
      answer.process = ProcessState.now()
      return answer
    case .lookup(let text):
      answer.lookup = try wiring.store.lookup(try Self.address(text), by: actor.name, at: now)
    case .noteBackup(let entries):
      try wiring.store.note("backup", ["size": .integer(Int64(entries))], by: actor.name, at: now)
    case .endRestore:
      if let mark = try wiring.store.restoreMark(), !mark.isPolled {
        throw CommandFailure(
          .no,
          "Bob was not asked since the restore: let the appliance make one pass first, so that whoever has left is held."
        )
      }
      answer.ended = try wiring.store.endRestore(by: actor.name, at: now)
    case .ingest(let message, let recipient):
      guard message.count <= ReceivedMessage.longest else {
        throw CommandFailure(.usage, "The message is longer than \(ReceivedMessage.longest) octets.")
      }
      answer.finding = try wiring.evidence.take(
        ReceivedMessage(octets: [UInt8](message), recipient: recipient), mayEnd: wiring.clock.jump == nil, at: now)
    }
    try wiring.finish()
    return answer
  }

  private static func address(_ text: String) throws -> Address {
    guard let address = try? Address(parsing: text, domains: IDN2Domains()) else {
      throw CommandFailure(.usage, "That is not an address that can be mailed.")
    }
    return address
  }

  /// One case of many that cannot follow keeps no other from it.
  private func row(
    _ verb: Act.Verb, _ id: CaseID, alone: Bool, by actor: CaseDesk.Actor, at now: Timestamp
  ) async throws -> ActAnswer.Row {
    do {
      let after: Case =
        switch verb {
        case .hold: try wiring.desk.hold(id, by: actor, at: now)
        case .release: try await wiring.desk.release(id, from: wiring.watcher, by: actor, at: now)
        case .confirm: try wiring.desk.confirm(id, by: actor, at: now)
        case .cancel: try wiring.desk.cancel(id, by: actor, at: now)
        case .retry: try wiring.desk.retry(id, by: actor, at: now)
        }
      return .init(case: id.description, stage: after.stage)
    } catch  where !alone {
      return .init(case: id.description, refused: CommandFailure(error).sentence)
    }
  }
}
