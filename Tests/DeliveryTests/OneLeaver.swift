import Delivery
import Mail

/// A source that knows one person, and counts how often something personal was read.
struct OneLeaver: LeaverSource {
  var departure = Sample.departure()
  var reading: Sighting.Reading
  var hasLeft = true
  var isDeleted = false

  func poll(at now: Timestamp) async throws -> Poll { Poll(people: 0, sightings: []) }
  func reread(employee: String, known: LeaverFacts?) async throws -> Sighting.Reading {
    guard !isDeleted else { throw LeaverSourceFailure.gone(advice: "gone") }
    return reading
  }

  func revisit(
    employee: String, admit: @Sendable (PersonMark) throws -> Void
  ) async throws -> (Departure, Sighting.Reading) {
    try admit(departure.person)
    guard hasLeft else { throw DeskFailure.notALeaver }
    return (departure, reading)
  }
}
