/// Cuts `{"employees":[ … ]}` into single employees while it arrives, in the memory that one of them takes.
///
/// It looks at structure only (quotes, brackets, depth); each employee is read, and then checked, by `Employee`. Other
/// members of the outer object are passed over. Nothing it was given counts until `finish()` has returned.
package struct EmployeeStream: Sendable {
  /// The most bytes of one employee.
  package static let longestEmployee = 256 << 10

  private enum Place: Sendable, Equatable {
    case start
    /// Before a name; `first` while the object may still end.
    case name(first: Bool)
    case insideName(escaped: Bool)
    case colon
    case value
    /// In a value nobody asked for.
    case skipping(depth: Int, inString: Bool, escaped: Bool)
    case afterValue
    /// In the array, before an employee; `first` while the array may still end.
    case employee(first: Bool)
    case insideEmployee(depth: Int, inString: Bool, escaped: Bool)
    case afterEmployee
    case end
  }

  private var place = Place.start
  private var name: [UInt8] = []
  private var record: [UInt8] = []
  private var sawEmployees = false

  package init() {}

  /// Takes the next bytes and hands over every employee that they complete, as the bytes of one JSON object.
  package mutating func feed(
    _ chunk: [UInt8], each: (borrowing [UInt8]) throws(JSONFault) -> Void
  ) throws(JSONFault) {
    var index = 0
    while index < chunk.count {
      if case .insideEmployee = place {
        index = try copyEmployee(chunk, from: index, each)
      } else {
        try step(chunk[index])
        index += 1
      }
    }
  }

  /// Ends the answer; throws if it was not whole.
  package mutating func finish() throws(JSONFault) {
    guard place == .end else { throw .malformed }
    guard sawEmployees else { throw .noEmployees }
  }

  /// Copies bytes up to the end of the employee or of the chunk, and returns where it stopped.
  private mutating func copyEmployee(
    _ chunk: [UInt8], from start: Int, _ each: (borrowing [UInt8]) throws(JSONFault) -> Void
  ) throws(JSONFault) -> Int {
    guard case .insideEmployee(var depth, var inString, var escaped) = place else { return start }
    var index = start
    while index < chunk.count, depth > 0 {
      let byte = chunk[index]
      index += 1
      if inString {
        if escaped {
          escaped = false
        } else if byte == UInt8(ascii: "\\") {
          escaped = true
        } else if byte == UInt8(ascii: "\"") {
          inString = false
        }
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): inString = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      default: break
      }
    }
    guard record.count + index - start <= Self.longestEmployee else { throw .tooLong }
    record += chunk[start..<index]
    place = .insideEmployee(depth: depth, inString: inString, escaped: escaped)
    if depth == 0 {
      place = .afterEmployee
      try each(record)
      record.removeAll(keepingCapacity: true)
    }
    return index
  }

  private mutating func step(_ byte: UInt8) throws(JSONFault) {
    if case .skipping(let depth, let inString, let escaped) = place {
      try skip(byte, depth, inString, escaped)
      return
    }
    if case .insideName(let escaped) = place {
      try extendName(byte, escaped)
      return
    }
    if [0x20, 0x09, 0x0A, 0x0D].contains(byte) { return }
    switch (place, byte) {
    case (.start, UInt8(ascii: "{")): place = .name(first: true)
    case (.name, UInt8(ascii: "\"")):
      name.removeAll(keepingCapacity: true)
      place = .insideName(escaped: false)
    case (.name(first: true), UInt8(ascii: "}")): place = .end
    case (.colon, UInt8(ascii: ":")): place = .value
    case (.value, _): try beginValue(byte)
    case (.afterValue, UInt8(ascii: ",")): place = .name(first: false)
    case (.afterValue, UInt8(ascii: "}")): place = .end
    case (.employee, UInt8(ascii: "{")):
      record.append(byte)
      place = .insideEmployee(depth: 1, inString: false, escaped: false)
    case (.employee(first: true), UInt8(ascii: "]")), (.afterEmployee, UInt8(ascii: "]")): place = .afterValue
    case (.afterEmployee, UInt8(ascii: ",")): place = .employee(first: false)
    case (.employee, _): throw .noEmployees
    default: throw .malformed
    }
  }

  private mutating func extendName(_ byte: UInt8, _ escaped: Bool) throws(JSONFault) {
    guard byte != UInt8(ascii: "\"") || escaped else {
      place = .colon
      return
    }
    guard name.count < 256 else { throw .malformed }
    name.append(byte)
    place = .insideName(escaped: byte == UInt8(ascii: "\\") && !escaped)
  }

  private mutating func beginValue(_ byte: UInt8) throws(JSONFault) {
    if name.elementsEqual("employees".utf8) {
      guard byte == UInt8(ascii: "["), !sawEmployees else { throw .noEmployees }
      sawEmployees = true
      place = .employee(first: true)
      return
    }
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["): place = .skipping(depth: 1, inString: false, escaped: false)
    case UInt8(ascii: "\""): place = .skipping(depth: 0, inString: true, escaped: false)
    case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"): throw .malformed
    default: place = .skipping(depth: 0, inString: false, escaped: false)
    }
  }

  private mutating func skip(
    _ byte: UInt8, _ depth: Int, _ inString: Bool, _ escaped: Bool
  ) throws(JSONFault) {
    if inString {
      switch byte {
      case UInt8(ascii: "\"") where !escaped:
        place = depth == 0 ? .afterValue : .skipping(depth: depth, inString: false, escaped: false)
      default:
        place = .skipping(depth: depth, inString: true, escaped: byte == UInt8(ascii: "\\") && !escaped)
      }
      return
    }
    switch byte {
    case UInt8(ascii: "\""):
      guard depth > 0 else { throw .malformed }
      place = .skipping(depth: depth, inString: true, escaped: false)
    case UInt8(ascii: "{"), UInt8(ascii: "["):
      guard depth > 0, depth < JSONReader.deepest else { throw .tooDeep }
      place = .skipping(depth: depth + 1, inString: false, escaped: false)
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      if depth == 0 {
        guard byte == UInt8(ascii: "}") else { throw .malformed }
        place = .end
      } else {
        place = depth == 1 ? .afterValue : .skipping(depth: depth - 1, inString: false, escaped: false)
      }
    case UInt8(ascii: ",") where depth == 0: place = .name(first: false)
    default: break
    }
  }
}
