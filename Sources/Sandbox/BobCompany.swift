/// Makes a company of invented people, the same for the same seed.
extension SandboxBob {
  /// A company of `size` people of whom the last `leavers` are about to leave.
  ///
  /// Those are still employed, and `leaverIDs(in:leavers:)` names them. One in ten of the others left years ago.
  ///
  /// Every address is unique, so that a scan can find any of them wherever it was left behind.
  package static func company(size: Int, leavers: Int = 0, seed: UInt64 = 1) -> [Person] {
    var random = BobRandom(seed: seed)
    return (0..<max(0, size)).map { number in
      let first = firstNames[random.below(firstNames.count)]
      let last = lastNames[random.below(lastNames.count)]
      let code = String(random.next() & 0xFFFF_FFFF, radix: 36)
      let year = 2010 + random.below(14)
      let month = 1 + random.below(12)
      let day = 1 + random.below(28)
      let gone = number < size - leavers && number % 10 == 3
      return Person(
        id: String(3_300_000_000_000_000_000 + UInt64(random.below(1_000_000)) * 1_000_000 + UInt64(number)),
        displayName: "\(first) \(last)", firstName: first, surname: last,
        email: "\(first).\(last).\(code)\(number)@acme.example".lowercased(),
        title: titleIDs[random.below(titleIDs.count)],
        department: departmentIDs[random.below(departmentIDs.count)],
        startDate: date(year, month, day), status: gone ? "terminated" : "employed",
        terminationDate: gone ? date(year + 1, month, day) : nil,
        privateEmail: "\(code)\(number)@home.example")
    }
  }

  /// The people of `company` who are about to leave.
  package static func leaverIDs(in company: [Person], leavers: Int) -> [String] {
    company.suffix(max(0, leavers)).map(\.id)
  }

  /// Lists as a demo tenant has them: built-in items are their own ID, items added later have numbers.
  package static let standardLists: [String: [ListItem]] = [
    "title": [
      ListItem(id: "Designer", name: "Designer"), ListItem(id: "209190001", name: "Lighthouse Keeper"),
      ListItem(id: "209190002", name: "Map Maker"),
      ListItem(id: "209190003", name: "Bell Ringer", archived: true),
    ],
    "department": [
      ListItem(
        id: "Product", name: "Product", children: [ListItem(id: "209192163", name: "Product Design")]),
      ListItem(id: "209192164", name: "Harbour Works"),
      ListItem(id: "209192165", name: "Signal Office", archived: true),
    ],
    "lifecycleStatus": [
      ListItem(id: "hired", name: "Hired"), ListItem(id: "employed", name: "Employed"),
      ListItem(id: "garden leave", name: "Garden leave"), ListItem(id: "terminated", name: "Terminated"),
      ListItem(id: "leave", name: "Leave"), ListItem(id: "parental leave", name: "Parental leave"),
    ],
  ]

  private static let titleIDs = ["Designer", "209190001", "209190002", "209190003"]
  private static let departmentIDs = ["Product", "209192163", "209192164", "209192165"]
  private static let firstNames = [
    "Amberly", "Borin", "Calista", "Dorrin", "Elowen", "Farrow", "Galen", "Hesper", "Isolde", "Jory",
    "Kestrel", "Lyric",
  ]
  private static let lastNames = [
    "Applewick", "Brambleford", "Cloverhill", "Dapplemere", "Elderbrook", "Fennimore", "Gorsewood",
    "Hazelgrave",
    "Inglenook", "Juniperson", "Kittiwake", "Larkspurn",
  ]

  private static func date(_ year: Int, _ month: Int, _ day: Int) -> String {
    "\(year)-\(month < 10 ? "0" : "")\(month)-\(day < 10 ? "0" : "")\(day)"
  }
}

/// A small generator whose numbers are the same everywhere (SplitMix64).
package struct BobRandom: RandomNumberGenerator, Sendable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// A number from 0 on, below `bound`.
  package mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(max(1, bound))) }
}
