import Delivery

/// Puts the parts of a paper onto pages, one below the other.
///
/// A part that does not fit begins a new page; tables and lists go on there.
final class PaperFlow {
  let sheet: PaperSheet
  let canvas: Canvas
  /// How many pages there will be, as the foot of each tells; 0 while nobody knows.
  private let pages: Int
  private var page = 1
  private(set) var y = 0.0

  let left = 62.0
  let right = Canvas.width - 62
  private let top = 62.0
  private let bottom = Canvas.height - 66
  var width: Double { right - left }

  init(_ sheet: PaperSheet, fonts: FontSet, pages: Int) throws(IssueFailure) {
    self.sheet = sheet
    self.pages = pages
    canvas = try Canvas(fonts: fonts, title: sheet.heading, author: sheet.organisation, created: sheet.created)
  }

  /// The document, and how many pages it has.
  func drawn() throws(IssueFailure) -> (bytes: [UInt8], pages: Int) {
    try drawEdges()
    y =
      try Letterhead(organisation: sheet.organisation, logo: sheet.logo, language: sheet.language)
      .draw(on: canvas, from: left, to: right, top: 46) - 10
    let heading = try block(sheet.heading, size: 25, width: width, bold: true)
    canvas.draw(heading, x: left, y: y, colour: .accent, role: "H1")
    y += heading.height + 2
    let subheading = try block(sheet.subheading, size: 10.5, width: width)
    canvas.draw(subheading, x: left, y: y, colour: .quiet)
    y += subheading.height + 16
    for part in sheet.parts { try draw(part) }
    return (try canvas.finish(), page)
  }

  /// Makes sure that so much room is left on the page; true if a new one was begun.
  @discardableResult
  func need(_ height: Double) throws(IssueFailure) -> Bool {
    guard y + height > bottom, y > top else { return false }
    canvas.beginPage()
    page += 1
    y = top
    try drawEdges()
    return true
  }

  /// Goes down.
  func advance(_ height: Double) { y += height }

  /// Lays out a text of the paper; a hyphen in a key or a digest would be taken for a part of it.
  func block(_ text: String, size: Double, width: Double, bold: Bool = false) throws(IssueFailure) -> TextBlock {
    try canvas.block(
      text, field: "paper", size: size, width: width, bold: bold, hyphens: false, language: sheet.language)
  }

  /// What every page has: the bar at its head, and at its foot what it belongs to.
  private func drawEdges() throws(IssueFailure) {
    canvas.fill(x: 0, y: 0, width: Canvas.width, height: 8, colour: .accent)
    if page > 1 {
      let head = try block("\(sheet.organisation) · \(sheet.heading)", size: 8, width: width)
      canvas.draw(head, x: left, y: 32, colour: .quiet)
    }
    canvas.fill(x: left, y: Canvas.height - 50, width: width, height: 0.6, colour: .line)
    let foot = try block(sheet.foot, size: 7.5, width: width - 80)
    canvas.draw(foot, x: left, y: Canvas.height - 44, colour: .quiet)
    let number = try block(PaperWords.page(page, of: pages), size: 7.5, width: 80)
    canvas.draw(number, x: right - number.width, y: Canvas.height - 44, colour: .quiet)
  }
}
