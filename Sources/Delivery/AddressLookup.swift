package import Mail

/// What the appliance still holds on an address: found by keyed tags, without the address being stored.
package struct LookupAnswer: Codable, Sendable, Hashable {
  /// An entry of the ledger that bears the address's tag.
  package struct Mention: Codable, Sendable, Hashable {
    package var index: Int
    package var event: String
    package var time: String

    package init(index: Int, event: String, time: String) {
      self.index = index
      self.event = event
      self.time = time
    }
  }

  /// A case about the address.
  package struct Find: Codable, Sendable, Hashable {
    package var `case`: String
    /// Where it stands; personal data are held at every stage but `purged`.
    package var stage: Stage
    package var mentions: [Mention]
    /// The entry that proves its purge; nil while data are held.
    package var purge: Mention?

    package init(case id: CaseID, stage: Stage, mentions: [Mention], purge: Mention?) {
      self.case = id.description
      self.stage = stage
      self.mentions = mentions
      self.purge = purge
    }

    package var holdsPersonalData: Bool { stage.holdsPersonalData }
  }

  package var cases: [Find]
  /// The quarters that could be searched, oldest first; of what was before, nobody can tell any more.
  package var quarters: [String]

  package init(cases: [Find], quarters: [String]) {
    self.cases = cases
    self.quarters = quarters
  }
}

/// The lookup keys: one a quarter, each destroyed some time after the quarter's end, and with it the link between the
/// entries of that quarter and any address. Implemented by `Store`.
package protocol AddressLookup: Sendable {
  /// Finds the cases of an address; that somebody asked is an entry, without what was asked.
  func lookup(_ address: Address, by actor: String, at now: Timestamp) throws -> LookupAnswer
  /// Destroys the keys whose time is over, each with an `epoch-destroyed` entry; returns their quarters.
  @discardableResult
  func destroyLookupKeys(at now: Timestamp) throws -> [Epoch]
}
