import Foundation

/// A request to the stand-in, free of the server that took it in.
struct BobRequest: Sendable {
  var method: String
  /// The path without the query, as sent (still percent-encoded).
  var path: String
  var query: [String: String]
  var authorization: String?
  var contentType: String?
  var body: [UInt8]

  /// The path's segments after percent-decoding; an empty one where two slashes meet.
  var segments: [String] {
    path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
      .map { String($0).removingPercentEncoding ?? String($0) }
  }

  /// The body as a JSON object; nil if it is none.
  var object: [String: Any]? {
    (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any]
  }
}

/// An answer of the stand-in.
struct BobAnswer: Sendable {
  var status: Int
  var contentType: String?
  var body: [UInt8]
  var headers: [(String, String)] = []
  /// IDs of the people in it, for the record.
  var people: [String] = []
  var fields: [String] = []
  var personalFieldsOfOthers = 0

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

  /// What Bob answers to an unknown path: its login page, and 200.
  static let loginPage = html("<!DOCTYPE html><html><head><title>Log in</title></head><body></body></html>")
}
