/// One answer of Bob by the fuzzer, given to every reader of one; the invariants trap.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let whole = employees(in: bytes, chunk: max(1, count))
  // Where the answer is cut into chunks changes nothing.
  precondition(employees(in: bytes, chunk: 1 + Int(bytes.first ?? 0) % 7) == whole)
  for employee in whole ?? [] {
    guard let id = employee.id else { continue }
    precondition(EmployeeID(id.text) == id && !id.text.contains("/"))
  }
  for field in EmployeeField.allCases {
    guard let employee = try? Employee(json: bytes) else { break }
    precondition(employee.text(field).map { $0.utf8.count <= Employee.longestValue } ?? true)
    precondition(employee.text(field) == nil || employee.shows(field))
  }
  if let list = try? NamedList(json: bytes) { precondition(list.allIDs.allSatisfy { list.name(of: $0) != nil }) }
  if let catalogue = try? FieldCatalogue(json: bytes) { _ = catalogue[.id] }
  return 0
}

/// The employees of an answer; nil if it is not to be believed.
private func employees(in bytes: [UInt8], chunk: Int) -> [Employee]? {
  var stream = EmployeeStream()
  var found: [Employee] = []
  do {
    for start in stride(from: 0, to: bytes.count, by: chunk) {
      try stream.feed(Array(bytes[start..<min(bytes.count, start + chunk)])) { record throws(JSONFault) in
        precondition(record.count <= EmployeeStream.longestEmployee)
        found.append(try Employee(json: copy record))
      }
    }
    try stream.finish()
  } catch { return nil }
  return found
}
