// What the rules mean, for `check`: one sentence for each thing that a person decided.
extension WatchRules {
  package var sentences: [String] {
    let statuses = triggers.map(\.text).sorted().joined(separator: " or ")
    var sentences = ["will issue when Bob says \(statuses)"]
    if !triggers.contains(.gardenLeave) {
      sentences.append(
        "garden leave is no departure yet: its people get their reference when the employment ends; add \"garden leave\" to "
          + "bob.trigger_statuses to send it before")
    }
    sentences.append(
      leadDays > 0
        ? "will issue from \(leadDays) days before the termination date on, once the same date has stood in Bob for a day, and "
          + "also when that date comes and nobody changes the status"
        : "will not issue by a termination date alone (bob.lead_days: 0); mail to a mailbox that is closed on the last day "
          + "will come back")
    sentences.append("will hold a departure more than \(maxAge) days old for a person")
    sentences.append("will hold all leavers of a poll that shows more than \(surgeLimit) new ones")
    sentences.append(
      approvesAll
        ? "will hold every reference until a person releases it (bob.approval: all)"
        : "will issue without asking anybody (bob.approval: none)")
    if !excluded.isEmpty {
      sentences.append("will make no case for leavers of \(excluded.names.sorted().joined(separator: ", "))")
    }
    sentences.append(
      since.map { "will also issue to people gone before the first contact, if they left on \($0) or later" }
        ?? "will never issue to people gone before the first contact, unless run with --since")
    return sentences
  }
}
