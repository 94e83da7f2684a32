import Synchronization

extension SandboxBob {
  /// Everybody in the company as it stands.
  package var people: [Person] {
    let now = story()
    return state.withLock { state in
      state.proceed(to: now)
      return state.people
    }
  }

  /// The moment the story has come to, in Unix seconds.
  package var moment: Int64 {
    let now = story()
    return state.withLock { state in
      state.proceed(to: now)
      return state.moment
    }
  }

  /// What was asked so far.
  package var recorder: Recorder { state.withLock { $0.recorder } }

  /// The switches, to be turned at run time.
  package var switches: Switches {
    get { state.withLock { $0.switches } }
    set { state.withLock { $0.switches = newValue } }
  }

  /// The named lists, to be changed at run time.
  package var lists: [String: [ListItem]] {
    get { state.withLock { $0.lists } }
    set { state.withLock { $0.lists = newValue } }
  }

  /// The display name of a list item, as Bob's `humanReadable` has it; nil for nil.
  package func name(of id: String?, in list: String) -> String? {
    state.withLock { $0.name(of: id, in: list) }
  }

  /// The most refusals that one caller was given within ten seconds; Bob's firewall acts at fifty.
  package var worstRunOfRefusals: Int { state.withLock { $0.firewall.worst } }

  /// Forgets what was asked so far.
  package func forgetRequests() { state.withLock { $0.recorder = Recorder() } }

  /// Accepts another token from now on, as after a rotation in Bob.
  package func rotate(token: String) { state.withLock { $0.token = token } }

  /// Lets a person leave at once: status `terminated`, with the date.
  package func terminate(_ id: String, on date: String?) {
    change(id) { ($0.status, $0.terminationDate, $0.planned) = ("terminated", date, []) }
  }

  /// Cancels a termination, or hires the person again with a new start date, who begins at once.
  package func bringBack(_ id: String, startingOn start: String? = nil) {
    change(id) {
      $0.cancelTermination()
      if let start { $0.startDate = start }
    }
  }

  /// Changes a person in place.
  package func change(_ id: String, _ edit: (inout Person) -> Void) {
    tell { state, moment in
      guard var person = state.newest(id) else { return }
      edit(&person)
      state.enter(person, for: id, at: moment)
    }
  }

  /// Adds a person.
  package func add(_ person: Person) { tell { $0.enter(person, for: person.id, at: $1) } }

  /// Deletes a person's record.
  package func delete(_ id: String) { tell { $0.enter(nil, for: id, at: $1) } }

  /// Lets something happen now.
  private func tell(_ happening: (inout BobState, Int64) -> Void) {
    let now = story()
    state.withLock { state in
      state.proceed(to: now)
      happening(&state, state.moment)
    }
  }
}
