package import Delivery
import Synchronization

/// Draws a sheet as one A4 page of PDF; the same sheet always gives the same bytes.
package enum Drawing {
  private static let fonts = Mutex<FontSet?>(nil)

  /// Draws in this process, which from then on holds fonts in its memory (with Chinese or Japanese, over 100
  /// MB).
  ///
  /// Throws `.unprintable` for a value that no font can draw, `.failed` if it does not fit on the page.
  package static func pdf(for sheet: Sheet) throws(IssueFailure) -> [UInt8] {
    try withFonts { set in
      // Long names and titles wrap first; if the page is still too full, everything shrinks together.
      for scale in [1.0, 0.9, 0.8, 0.7, 0.6] {
        switch draw(sheet, with: set, scale: scale) {
        case .success(let bytes?): return .success(bytes)
        case .success(nil): continue
        case .failure(let failure): return .failure(failure)
        }
      }
      return .failure(.failed("the facts do not fit on one page"))
    }
  }

  /// Draws a paper of as many pages as it needs.
  static func pdf(for paper: PaperSheet) throws(IssueFailure) -> [UInt8] {
    try withFonts { set in
      Result { () throws(IssueFailure) -> [UInt8] in
        // The foot of each page tells how many there are, which the first round finds out.
        let pages = try PaperFlow(paper, fonts: set, pages: 0).drawn().pages
        return try PaperFlow(paper, fonts: set, pages: pages).drawn().bytes
      }
    }
  }

  private static func withFonts(
    _ body: (FontSet) -> Result<[UInt8], IssueFailure>
  ) throws(IssueFailure) -> [UInt8] {
    let result = fonts.withLock { kept -> Result<[UInt8], IssueFailure> in
      guard let set = kept ?? FontSet() else { return .failure(.failed("the fonts cannot be opened")) }
      kept = set
      return body(set)
    }
    return try result.get()
  }

  /// The document, or nil if the facts run into the panel below them.
  private static func draw(_ sheet: Sheet, with fonts: FontSet, scale: Double) -> Result<
    [UInt8]?, IssueFailure
  > {
    Result { () throws(IssueFailure) -> [UInt8]? in
      let canvas = try Canvas(
        fonts: fonts, title: sheet.heading, author: sheet.organisation, created: sheet.created)
      let layout = PageLayout(sheet: sheet, canvas: canvas, scale: scale)
      let facts = try layout.drawFacts()
      let panel = try layout.drawPanel()
      guard facts <= panel else { return nil }
      return try canvas.finish()
    }
  }
}
