/// One received message of the fuzzer, given to the reader of reports; the invariants trap.
@_cdecl("LLVMFuzzerTestOneInput")
package func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let bytes = Array(UnsafeBufferPointer(start: start, count: count))
  let report = Report(reading: bytes)
  precondition(report.recipients.count <= DeliveryStatus.most)
  for recipient in report.recipients {
    precondition(recipient.address.utf8.count <= 2 * ReceivedFields.longest)
    precondition(!recipient.address.utf8.contains(0x0A))
    switch recipient.action {
    case .failed: precondition([.hard, .soft].contains(recipient.kind))
    case .delayed: precondition(recipient.kind == .delayed)
    case .delivered, .relayed, .expanded: precondition(recipient.kind == .delivered && recipient.reason == .delivered)
    }
    precondition(recipient.kind != .hard || [.userUnknown, .hostUnknown].contains(recipient.reason))
    precondition(recipient.kind != .hard || recipient.status?.class != 4)
  }
  precondition(!report.recipients.isEmpty || report == Report())
  // Nothing depends on what was read before, and what is cut off does not harm what stands.
  precondition(Report(reading: bytes) == report)
  if count > 1 { _ = Report(reading: Array(bytes.prefix(Int(bytes[0]) * count / 256))) }

  let text = bytes[...]
  let words = PlainWords(text).octets
  precondition(words.first == 0x20 && words.last == 0x20 && !words.contains(UInt8(ascii: "@")))
  precondition(AddressMention.all(in: text).count <= 8)
  precondition(HTMLText.plain(text).count <= count)
  return 0
}
