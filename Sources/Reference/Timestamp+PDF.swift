import Mail

extension Timestamp {
  /// A PDF date (ISO 32000-1 §7.9.4): `D:20260930120000Z`.
  var pdfDate: String { "D:\(iso8601.filter(\.isNumber))Z" }
}
