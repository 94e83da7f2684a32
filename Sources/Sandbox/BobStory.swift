import Synchronization

extension SandboxBob {
  /// Everybody in the company as it stands.
  package var people: [Person] { state.withLock { $0.people } }

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

  /// Forgets what was asked so far.
  package func forgetRequests() { state.withLock { $0.recorder = Recorder() } }

  /// Accepts another token from now on, as after a rotation in Bob.
  package func rotate(token: String) { state.withLock { $0.token = token } }

  /// Lets a person leave: status `terminated`, with the date.
  package func terminate(_ id: String, on date: String?) {
    change(id) {
      $0.status = "terminated"
      $0.terminationDate = date
    }
  }

  /// Cancels a termination, or hires the person again with a new start date.
  package func bringBack(_ id: String, startingOn start: String? = nil) {
    change(id) {
      $0.status = "employed"
      $0.terminationDate = nil
      if let start { $0.startDate = start }
    }
  }

  /// Changes a person in place.
  package func change(_ id: String, _ edit: (inout Person) -> Void) {
    state.withLock { state in
      guard let position = state.position(of: id) else { return }
      edit(&state.people[position])
      state.reindex()
    }
  }

  /// Adds a person.
  package func add(_ person: Person) {
    state.withLock { state in
      state.people.append(person)
      state.reindex()
    }
  }

  /// Deletes a person's record.
  package func delete(_ id: String) {
    state.withLock { state in
      state.people.removeAll { $0.id == id }
      state.reindex()
    }
  }
}
