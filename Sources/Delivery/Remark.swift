package import Mail

/// What was seen of somebody beside the departures that were handled: codes, and the sentence for people.
package enum Remark: String, Sendable, Hashable, CaseIterable, Codable {
  /// Inside `bob.lead_days`; a day must pass with the same date.
  case settling
  /// The end date had passed when it was first seen, and the status does not say that the person has left.
  case overdue
  /// Two reads gave different answers; asked again at the next poll.
  case unstable
  /// Bob's record could not be read.
  case unreadable
  /// The second look did not show the departure any more.
  case vanished
  /// A handled leaver is in a status that says neither gone nor back.
  case unclear
  /// A handled leaver was there again.
  case returned
  /// The end date of a handled leaver was changed.
  case moved

  package var explanation: String {
    switch self {
    case .settling: "leaves within bob.lead_days; counts once the same date has stood for a day"
    case .overdue:
      "the end date was past when first seen, but the status says employed; nothing is read or sent until the status changes"
    case .unstable: "two reads of Bob differed; read again at the next poll, held after three"
    case .unreadable: "Bob's record could not be read; asked again at every poll"
    case .vanished: "the second look, or the read of the person, did not show the departure"
    case .unclear:
      "a handled leaver is in a status that says neither gone nor back, or has an end date that is none; nothing is done until "
        + "the status says employed or hired, or the end date is taken away"
    case .returned: "a handled leaver was seen employed again: the termination was cancelled, or it is a rehire"
    case .moved: "the end date was changed after the departure was handled"
    }
  }
}

/// That something was seen of somebody: first, last and how often.
package struct Observation: Sendable, Hashable {
  package var person: PersonMark
  package var remark: Remark
  package var first: Timestamp
  package var last: Timestamp
  package var times: Int

  package init(person: PersonMark, remark: Remark, first: Timestamp, last: Timestamp, times: Int) {
    self.person = person
    self.remark = remark
    self.first = first
    self.last = last
    self.times = times
  }

  /// Seconds for which an observation is kept after it was last made.
  package static let retention: Int64 = 365 * 86_400
}
