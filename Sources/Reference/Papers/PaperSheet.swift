import Mail

/// Everything that stands on a paper, in the order of reading; nothing of it is about a person.
struct PaperSheet: Hashable, Sendable {
  /// BCP 47.
  var language: String
  var organisation: String
  /// A PNG file; nil for none.
  var logo: [UInt8]?
  var heading: String
  var subheading: String
  /// Stands at the foot of every page, beside its number.
  var foot: String
  var created: Timestamp
  var parts: [PaperPart]
}

/// One thing on a paper.
enum PaperPart: Hashable, Sendable {
  /// Begins a section; is never left alone at the foot of a page.
  case heading(String)
  case text(String)
  /// Small and grey: what explains the part above it.
  case note(String)
  /// A sentence in a box: the answer the paper gives.
  case verdict(String, detail: String, isGood: Bool)
  /// Numbers in large print, beside each other.
  case tiles([Label])
  /// A label and a value on each line.
  case rows([Label])
  case list([String], isNumbered: Bool)
  case table(PaperTable)
  /// Two short tables beside each other, never broken.
  case tables(PaperTable, PaperTable)
  case curves(CurvePlot)
  case bars(BarPlot)
  /// Lines for machines, small, each as it is.
  case literal(String)

  /// A word and what it stands for.
  struct Label: Hashable, Sendable {
    let label: String
    let value: String

    init(_ label: String, _ value: String) {
      self.label = label
      self.value = value
    }
  }
}

/// Rows below a head, which is repeated on every page they reach.
struct PaperTable: Hashable, Sendable {
  struct Column: Hashable, Sendable {
    let title: String
    /// The share of the table's width.
    let share: Double
    var isNumber = false
  }

  let columns: [Column]
  let rows: [[String]]
}
