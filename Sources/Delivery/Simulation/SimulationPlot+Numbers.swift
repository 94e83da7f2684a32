import Foundation

// How the plot rounds, cuts and writes.
extension SimulationPlot {
  static func log(_ number: Double) -> Double { Foundation.log(number) }
  static func exp(_ number: Double) -> Double { Foundation.exp(number) }

  static func span(_ seconds: Int64?) -> String { seconds.map(Wording.span) ?? "–" }

  /// A share for an axis: "92 %", "98.4 %".
  static func short(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10) %" : "\(tenths / 10).\(tenths % 10) %"
  }

  /// A number for an axis: whole unless it is small.
  static func plain(_ number: Double) -> String {
    number == number.rounded() ? grouped(Int(number)) : Wording.two(number)
  }

  /// The next number from `number` on that is 1, 2, 4, 6 or 8 times a power of ten: it divides by four.
  static func round(up number: Double) -> Double {
    guard number > 0 else { return 1 }
    let power = pow(10, Foundation.floor(log10(number)))
    return [1, 2, 4, 6, 8, 10].map { $0 * power }.first { $0 >= number } ?? 10 * power
  }

  /// "10,000".
  static func grouped(_ number: Int) -> String {
    let digits = Array(String(abs(number)))
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (number < 0 ? "-" : "") + text
  }

  /// At most `length` characters, the end kept: it is where file names differ.
  static func cut(_ text: String, to length: Int) -> String {
    text.count <= length ? text : "…" + text.suffix(length - 1)
  }

  /// Text in lines of at most `length` characters, broken at blanks.
  static func lines(_ text: String, of length: Int) -> [String] {
    text.split(separator: " ").reduce(into: []) { lines, word in
      if let last = lines.last, last.count + word.count < length {
        lines[lines.count - 1] = last + " " + word
      } else {
        lines.append(String(word))
      }
    }
  }
}
