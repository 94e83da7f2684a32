/// One input of the fuzzer, given to every reader of foreign text in `Mail`; the invariants trap.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let text = String(decoding: bytes, as: UTF8.self)

  let cut = count == 0 ? 0 : Int(bytes[0]) % count
  let whole = replies([bytes[...]])
  precondition(replies([bytes[..<cut], bytes[cut...]]) == whole)
  for reply in whole {
    precondition((200...599).contains(reply.code) && (1...ReplyParser.maximumLines).contains(reply.lines.count))
    precondition(reply.lines.allSatisfy { !$0.utf8.contains(0) && !$0.utf8.contains(10) && !$0.utf8.contains(13) })
    precondition(reply.enhanced.map { $0.class == reply.code / 100 } ?? true)
    _ = Capabilities(ehlo: reply.lines)
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
  if let header = try? Header("X-Fuzz", text) {
    precondition(!header.value.utf8.contains { $0 < 0x20 || $0 == 0x7F })
    check(header, text)
  }
  if let id = MessageID(parsing: text) { precondition(id.text == text) }
  if let status = EnhancedStatus(parsing: text) { precondition(EnhancedStatus(parsing: status.description) == status) }
  if let moment = Timestamp(iso8601: text) { precondition(moment.iso8601 == text) }
  if let date = CalendarDate(machine: text) {
    precondition(CalendarDate(daysSince1970: date.daysSince1970) == date && date.description == text)
  }
  if let decoded = Base64.decode(text) { precondition(Base64.encode(decoded) == text) }
  if let decoded = Base32.decode(text) { precondition(Base32.encode(decoded) == text.lowercased()) }
  if let decoded = XText.decode(text) { precondition(XText.decode(XText.encode(decoded)) == decoded) }
  precondition(XText.decode(XText.encode(text)) == text)
  precondition(Base64.decode(Base64.encode(bytes)) == bytes)

  let parts = ReceivedPart(bytes).all
  precondition(parts.count <= 201 && parts.allSatisfy { $0.body.count <= count && $0.fields.fields.count <= 500 })
  for part in parts { _ = DeliveryStatus(part) }
  // An octet that is no UTF-8 may become two, and a soft line break adds its CR.
  precondition(parts.allSatisfy { $0.text.utf8.count <= 2 * count + 2 })

  if let stuffed = try? DotStuffing.encode(bytes) {
    precondition(stuffed.isEmpty || stuffed.suffix(2) == [13, 10])
    let wire = [13, 10] + stuffed
    for index in wire.indices.dropLast(4) {
      precondition(Array(wire[index..<(index + 5)]) != [13, 10, 46, 13, 10])
    }
  }
  let quoted = QuotedPrintable.encode(bytes)
  precondition(quoted.suffix(2) == [13, 10] && (try? DotStuffing.encode(quoted)) == quoted)
  for line in lines(quoted) {
    precondition(line.count <= 76 && line.allSatisfy { $0 == 9 || (0x20..<0x7F).contains($0) })
    precondition(line.last != 0x20 && line.last != 9 && !line.starts(with: "From ".utf8))
  }
  return 0
}

/// The replies in bytes that come in these pieces, up to the first error, after which there are none.
private func replies(_ pieces: [ArraySlice<UInt8>]) -> [Reply] {
  var parser = ReplyParser()
  var replies: [Reply] = []
  for piece in pieces {
    parser.push(piece)
    do {
      while let reply = try parser.next() { replies.append(reply) }
    } catch {
      parser.push("\n250 x\r\n".utf8)
      precondition((try? parser.next()) == nil)
      break
    }
  }
  return replies
}

/// A whole mail with this field, subject, text and file name: CRLF, 7-bit clean, short-lined, and no field was added.
private func check(_ field: Header, _ text: String) {
  guard let address = try? Address(parsing: "a@b.example"),
    let sender = try? Mailbox(displayName: String(text.prefix(20)), address: address),
    let mail = try? Message(
      from: sender, to: address, subject: text, date: Timestamp(seconds: 0),
      id: MessageID(random: [1], domain: "b.example"), extra: [field],
      content: .mixed([
        .plainText(text), .attachment(name: String(text.prefix(20)), type: .pdf, bytes: Array(text.utf8)),
      ]))
  else { return }
  let bytes = mail.bytes()
  precondition((try? DotStuffing.encode(bytes)) == bytes)
  let all = lines(bytes)
  precondition(all.allSatisfy { $0.count <= 998 && $0.allSatisfy { $0 == 9 || (0x20..<0x7F).contains($0) } })
  precondition(all.prefix { !$0.isEmpty }.filter { $0.first != 0x20 }.count == 10)
}

private func lines(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
  bytes.split(separator: 10, omittingEmptySubsequences: false).map { $0.last == 13 ? $0.dropLast() : $0 }
}
