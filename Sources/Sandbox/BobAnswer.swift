/// An answer of the stand-in, and how it gets to the caller.
package struct BobAnswer: Sendable {
  var status: Int
  var contentType: String?
  var body: [UInt8]
  var headers: [(String, String)] = []
  var ending = Ending.whole
  /// IDs of the people in it, for the record.
  var people: [String] = []
  var fields: [String] = []
  var personalFieldsOfOthers = 0

  /// How the answer goes out.
  package enum Ending: Sendable, Hashable {
    case whole
    /// The length is told, and less is sent before the connection ends in order.
    case truncated
    /// The connection is reset in the middle of the body.
    case reset
    /// The connection ends without an answer.
    case drop
    /// The body goes on for ever.
    case endless
    /// The head comes late.
    case slowHead
    /// The body comes in small pieces with pauses.
    case slowBody

    /// How late a slow head comes, and how long the pauses of a slow body are, in milliseconds.
    static let (lateness, pause) = (300, 60)
  }

  /// A body in about five pieces, as a slow one comes.
  static func pieces(of body: [UInt8]) -> [ArraySlice<UInt8>] {
    let size = body.count / 5 + 1
    return stride(from: 0, to: body.count, by: size).map { body[$0..<min(body.count, $0 + size)] }
  }

  static func json(_ value: BobJSON, status: Int = 200) -> BobAnswer {
    BobAnswer(status: status, contentType: "application/json", body: value.bytes)
  }

  static func empty(_ status: Int) -> BobAnswer { BobAnswer(status: status, contentType: nil, body: []) }

  static func html(_ text: String, status: Int = 200) -> BobAnswer {
    BobAnswer(status: status, contentType: "text/html; charset=utf-8", body: Array(text.utf8))
  }

  static func fault(_ status: Int, _ key: String, _ text: String) -> BobAnswer {
    .json(.object([("key", .string(key)), ("error", .string(text))]), status: status)
  }

  /// A refusal in one of the forms that are seen.
  static func refusal(
    _ status: Int, _ body: SandboxBob.Switches.ErrorBody, key: String, text: String
  ) -> BobAnswer {
    switch body {
    case .keyed: .fault(status, key, text)
    case .message: .json(.object([("errorMessage", .string(text))]), status: status)
    case .empty: .empty(status)
    case .html: .html("<html><body>\(text)</body></html>", status: status)
    }
  }

  /// What Bob answers to an unknown path: its login page, and 200.
  static let loginPage = html("<!DOCTYPE html><html><head><title>Log in</title></head><body></body></html>")

  /// Lets something go wrong with it on the way.
  mutating func meet(_ trouble: SandboxBob.Switches.Trouble) {
    switch trouble {
    case .status500, .status502, .status503, .status504:
      self = .html("<html><body>Trouble</body></html>", status: Int(trouble.rawValue) ?? 500)
    case .loginPage: self = .loginPage
    case .redirect:
      self = .empty(302)
      headers.append(("Location", "http://127.0.0.1:1/v1/people/search"))
    case .gzip:
      body = Gzip.stored(body)
      headers.append(("Content-Encoding", "gzip"))
    case .slowHead: ending = .slowHead
    case .slowBody: ending = .slowBody
    case .truncated: ending = .truncated
    case .reset: ending = .reset
    case .drop: ending = .drop
    case .endless: ending = .endless
    }
  }
}
