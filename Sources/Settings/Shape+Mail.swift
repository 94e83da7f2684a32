import Mail

extension Shape {
  static func address(_ text: String) throws(Misfit) -> Address {
    guard let address = Address(text) else {
      throw Misfit(allowed: "a mail address, such as people@acme.example")
    }
    return address
  }

  /// An address with a name before it or without.
  static func mailbox(_ text: String) throws(Misfit) -> Mailbox {
    guard let mailbox = Mailbox(text) else {
      throw Misfit(
        allowed: "a mail address with or without a name, such as Acme People Team <people@acme.example>")
    }
    return mailbox
  }
}
