import Sandbox
import Synchronization

/// A web server of a few lines: answers with the very octets it was given, and remembers what it was asked.
final class HTTPResponder: Sendable {
  struct Asked: Sendable {
    var line: String
    /// By lower-case name.
    var headers: [String: String]
    var body: String
    var connection: Int
  }

  private final class Record: Sendable {
    private let state = Mutex<(asked: [Asked], connections: Int)>(([], 0))
    var asked: [Asked] { state.withLock { $0.asked } }
    func note(_ asked: Asked) { state.withLock { $0.asked.append(asked) } }
    func connect() -> Int {
      state.withLock {
        $0.connections += 1
        return $0.connections
      }
    }
  }

  enum Ending: Sendable {
    /// The connection stays open for the next request.
    case keep
    case close, reset, hang
  }

  private let listener = LoopbackListener()
  private let record = Record()
  let port: Int

  /// `answer` gets the request line and returns what to send, verbatim, and how to go on.
  init(_ answer: @escaping @Sendable (String) -> (String, Ending)) throws {
    let record = self.record
    port = try listener.start { [listener] stream in
      let connection = record.connect()
      while let request = LoopbackRequest(from: stream) {
        record.note(
          Asked(
            line: request.line, headers: request.headers, body: String(decoding: request.body, as: UTF8.self),
            connection: connection))
        let (text, ending) = answer(request.line)
        stream.write(text)
        switch ending {
        case .keep: continue
        case .close: stream.leave()
        case .reset: stream.reset()
        case .hang: stream.hang { listener.isStopped }
        }
        return
      }
    }
  }

  var asked: [Asked] { record.asked }
  func stop() async { await listener.stop() }
}
