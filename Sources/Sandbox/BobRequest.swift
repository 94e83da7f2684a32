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

extension SandboxBob.Switches.TroublePlace {
  /// Whether a request is one of those the trouble is about.
  func concerns(_ request: BobRequest) -> Bool {
    let path = request.segments.dropFirst()
    return switch self {
    case .everywhere: true
    case .search: path.elementsEqual(["people", "search"])
    case .person: path.first == "people" && path.last != "search"
    case .lists: path.contains("named-lists")
    case .fields: path.elementsEqual(["company", "people", "fields"])
    }
  }
}
