import Delivery
import Mail

/// Decides, person by person, what a poll has to look at more closely: a value without effects, fed by the stream.
///
/// It keeps what it needs of leavers and of people remembered; of everybody else it keeps a count.
struct PollPlan: Sendable {
  /// A person to be read again before anything is said of them.
  struct Question: Sendable {
    enum Kind: Sendable {
      /// Not handled yet.
      case leaver(WatchRules.Leaving)
      /// Handled at the baseline, wanted now because of `since`.
      case backfill(HandledDeparture)
      /// Handled, and left again or at another date.
      case moved(HandledDeparture)
      /// Handled by its date, or put off, and gone now: the same departure, or another after an unseen return.
      case followed(HandledDeparture)
      /// Handled, and in a status that is no departure.
      case returned(HandledDeparture)
    }
    var kind: Kind
    var glimpse: Glimpse

    /// Whether it is about somebody new, of whom the surge guard takes account.
    var isNew: Bool {
      switch kind {
      case .leaver, .backfill: true
      case .moved, .followed, .returned: false
      }
    }

    var isBackfill: Bool {
      if case .backfill = kind { true } else { false }
    }

    /// Whether only the date says that somebody is leaving.
    var isByDate: Bool {
      if case .leaver(.byDate) = kind { true } else { false }
    }

    /// Nothing but the status is read of somebody who has not left.
    func scope(_ rules: WatchRules) -> ReadingScope {
      switch kind {
      case .leaver: .reference
      // Of somebody handled whose status does not say so, the dates are enough.
      case .backfill, .moved, .followed: rules.isTrigger(glimpse.status) ? .reference : .status
      case .returned: .status
      }
    }
  }

  let rules: WatchRules
  let marks: Marks
  let today: CalendarDate
  /// Everything remembered; nil before the baseline.
  let handled: [PersonMark: HandledDeparture]?

  private(set) var people = 0
  private(set) var inactive = 0
  /// Somebody whose status means a departure, whose record may be read to see what is shown of it.
  private(set) var someLeaver: EmployeeID?
  /// The trigger statuses in which somebody was seen.
  private(set) var triggersSeen: Set<LifecycleStatus> = []
  private(set) var baseline: [Departure] = []
  private(set) var questions: [Question] = []
  /// Handled people whose status says neither that they are gone nor that they are back.
  private(set) var unclear: [PersonMark] = []
  /// Handled people in the answer.
  private var remembered = 0
  private var seen: Set<EmployeeID> = []

  init(rules: WatchRules, marks: Marks, today: CalendarDate, handled: [PersonMark: HandledDeparture]?) {
    self.rules = rules
    self.marks = marks
    self.today = today
    self.handled = handled
  }

  /// The most people that are believed; more is no company.
  static let mostPeople = 1_000_000

  /// Takes in one person; a second record of a person already in question is passed over.
  mutating func see(_ glimpse: Glimpse) {
    people += 1
    if let status = glimpse.status, rules.provesInactive(status) { inactive += 1 }
    let leaving = rules.leaving(glimpse.status, glimpse.date, today: today)
    guard let handled else {
      if leaving == .byStatus, let status = glimpse.status { noteExample(glimpse.id, status) }
      if let leaving { firstContact(glimpse, leaving) }
      return
    }
    if handled.isEmpty, leaving == nil { return }
    switch (leaving, handled[marks.person(glimpse.id)]) {
    case (nil, nil): break
    case (let leaving?, nil): ask(.leaver(leaving), glimpse)
    case (.some, let old?): still(old, glimpse)
    case (nil, let old?):
      remembered += 1
      noLonger(old, glimpse)
    }
  }

  /// Why this answer must not be believed although it looks healthy; nil if it may.
  var blindness: String? {
    if people == 0 { return BobAdvice.nobody }
    if people > Self.mostPeople { return BobAdvice.tooMuch }
    guard inactive == 0 else { return nil }
    guard let handled else { return BobAdvice.noInactive }
    // Unless everybody who ever left is there again.
    return remembered >= handled.count ? nil : BobAdvice.inactiveGone
  }

  /// Keeps somebody who has left, for who has nothing remembered and wants to know what Bob shows.
  private mutating func noteExample(_ id: EmployeeID, _ status: LifecycleStatus) {
    triggersSeen.insert(status)
    someLeaver = someLeaver ?? id
  }

  private mutating func firstContact(_ glimpse: Glimpse, _ leaving: WatchRules.Leaving) {
    if leaving == .byDate || isWanted(glimpse) {
      ask(.leaver(leaving), glimpse)
    } else {
      baseline.append(
        Departure(
          person: marks.person(glimpse.id), termination: marks.termination(glimpse.id, glimpse.date),
          start: nil))
    }
  }

  private func isWanted(_ glimpse: Glimpse) -> Bool {
    guard let since = rules.since, let date = glimpse.date else { return false }
    return date >= since
  }

  private mutating func still(_ old: HandledDeparture, _ glimpse: Glimpse) {
    remembered += 1
    let isGone = rules.isTrigger(glimpse.status)
    if glimpse.isDateUnreadable { return unclear.append(old.departure.person) }
    guard old.departure.termination == marks.termination(glimpse.id, glimpse.date) else {
      // Nothing was made of whom the baseline took in: being there again is all that counts.
      let isBack = old.reason == .baseline && glimpse.status.map(rules.saysPresent) ?? false
      return isBack ? noLonger(old, glimpse) : ask(.moved(old), glimpse)
    }
    if isGone, !old.departure.isGone { return ask(.followed(old), glimpse) }
    // The status has come back, and the date was left where it was.
    if !isGone, old.departure.isGone { return noLonger(old, glimpse) }
    if old.reason == .baseline, isWanted(glimpse) { ask(.backfill(old), glimpse) }
  }

  private mutating func noLonger(_ old: HandledDeparture, _ glimpse: Glimpse) {
    guard let status = glimpse.status else { return }
    if glimpse.isDateUnreadable { return unclear.append(old.departure.person) }
    if let date = glimpse.date {
      // Noticed by the date, and nobody has changed the status; or the date was put off beyond `leadDays`.
      if !old.departure.isGone, old.departure.termination == marks.termination(glimpse.id, date) { return }
      if !old.departure.isGone || (old.reason != .baseline && date > today) { return ask(.moved(old), glimpse) }
    }
    // A date that was taken away says as much as a status does; one that was never there says nothing.
    let wasTaken = glimpse.date == nil && old.departure.termination != marks.termination(glimpse.id, nil)
    guard wasTaken || rules.saysPresent(status) else { return unclear.append(old.departure.person) }
    ask(.returned(old), glimpse)
  }

  private mutating func ask(_ kind: Question.Kind, _ glimpse: Glimpse) {
    guard seen.insert(glimpse.id).inserted else { return }
    questions.append(Question(kind: kind, glimpse: glimpse))
  }
}
