import Mail

/// Every fixed word of a reference in one language.
struct Labels: Sendable {
  /// BCP 47, as it is written into the document.
  let language: String
  let heading: String
  let name: String
  let title: String
  let department: String
  let dates: String
  let employer: String
  let issued: String
  let verifyHeading: String
  let verifySteps: @Sendable (_ host: String, _ keyName: String) -> [String]
  let caseNumber: String
  let recordKey: String
  let certificate: String
  let ledger: String
  let months: [String]
  /// The record's sentences: employer, department if there is one.
  let statement: @Sendable (_ organisation: String, _ department: String?) -> String

  /// The language of the organisation's locale; English as long as no other is there.
  static func named(_ locale: String) -> Labels { all.first { $0.language == locale } ?? british }
  static let all = [british]

  static let british = Labels(
    language: "en-GB",
    heading: "Employment reference",
    name: "Name",
    title: "Job title",
    department: "Department",
    dates: "Employed",
    employer: "Employer",
    issued: "Issued",
    verifyHeading: "How to check this reference",
    verifySteps: { host, keyName in
      [
        "Scan the code. The page at \(host) opens in your browser and checks the employer’s signature there; "
          + "what the code holds is not sent to anybody.",
        "Or check this file: it is signed to its last byte and carries the same facts for machines. "
          + "PDF viewers show the seal; “refpassport reference verify” checks every part, also offline.",
        "The employer’s key is published in DNS as \(keyName).",
      ]
    },
    caseNumber: "Case",
    recordKey: "Record key",
    certificate: "Sealing certificate",
    ledger: "Audit ledger",
    months: [
      "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
      "November",
      "December",
    ],
    statement: { organisation, department in
      let place = department.map { ", in the department “\($0)”" } ?? ""
      return "\(organisation) confirms that it employed the person named here\(place). "
        + "The facts come from its personnel records."
    })

  /// `4 March 2019`.
  func date(_ date: CalendarDate) -> String {
    let name = months.indices.contains(date.month - 1) ? months[date.month - 1] : String(date.month)
    return "\(date.day) \(name) \(date.year)"
  }

  /// `4 March 2019 – 30 September 2026`, with an en dash.
  func dates(from start: CalendarDate, to end: CalendarDate) -> String { "\(date(start)) – \(date(end))" }
}
