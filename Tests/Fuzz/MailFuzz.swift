/// One input of the fuzzer, given to every reader of foreign text in `Mail`; the invariants trap.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let text = String(decoding: bytes, as: UTF8.self)

  var parser = ReplyParser()
  for chunk in [bytes[..<(count / 3)], bytes[(count / 3)...]] {
    parser.push(chunk)
    while let reply = try? parser.next() {
      precondition((200...599).contains(reply.code) && (1...128).contains(reply.lines.count))
      precondition(reply.lines.allSatisfy { !$0.utf8.contains(0) && !$0.utf8.contains(10) && !$0.utf8.contains(13) })
      _ = Capabilities(ehlo: reply.lines)
    }
  }
  _ = Capabilities(ehlo: text.split(separator: "\n").map(String.init))

  if let address = try? Address(parsing: text) {
    precondition(!address.text.utf8.contains { $0 <= 0x20 || $0 == 0x7F })
    precondition(address.text.utf8.count <= 254)
    precondition((try? Address(parsing: address.text)) == address)
    if let tagged = try? address.tagged(with: VERPToken(bytes: [1, 2, 3])) {
      precondition(VERPToken(from: tagged, base: address) == VERPToken(bytes: [1, 2, 3]))
    }
    _ = VERPToken(from: address, base: address)
  }
  if let mailbox = try? Mailbox(parsing: text) {
    precondition(!mailbox.headerText.utf8.contains { $0 < 0x20 })
    if mailbox.displayName?.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) == true, !mailbox.headerText.contains("=?")
    {
      precondition((try? Mailbox(parsing: mailbox.headerText)) == mailbox)
    }
  }
  if let header = try? Header("X-Fuzz", text) { precondition(!header.value.utf8.contains { $0 < 0x20 }) }
  if let id = MessageID(parsing: text) { precondition(id.text == text) }
  if let status = EnhancedStatus(parsing: text) { precondition(EnhancedStatus(parsing: status.description) == status) }
  if let moment = Timestamp(iso8601: text) { precondition(moment.iso8601 == text) }
  if let date = CalendarDate(machine: text) {
    precondition(CalendarDate(daysSince1970: date.daysSince1970) == date && date.description == text)
  }
  if let decoded = Base64.decode(text) { precondition(Base64.encode(decoded) == text) }
  if let decoded = Base32.decode(text) { precondition(Base32.encode(decoded) == text.lowercased()) }
  _ = XText.decode(text)
  precondition(XText.decode(XText.encode(text)) == text)
  precondition(Base64.decode(Base64.encode(bytes)) == bytes)

  if let stuffed = try? DotStuffing.encode(bytes) {
    precondition(stuffed.isEmpty || stuffed.suffix(2) == [13, 10])
    let wire = [13, 10] + stuffed
    for index in wire.indices.dropLast(4) {
      precondition(Array(wire[index..<(index + 5)]) != [13, 10, 46, 13, 10])
    }
  }
  let quoted = QuotedPrintable.encode(bytes.filter { $0 != 13 && $0 != 10 })
  precondition(!quoted.contains { $0 >= 0x7F } && !quoted.starts(with: [46]))
  return 0
}
