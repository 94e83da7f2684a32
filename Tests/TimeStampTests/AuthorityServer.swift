import Sandbox
import Synchronization

/// The address of an authority: takes one POST a connection, remembers it, and answers with the very octets it is given.
final class AuthorityServer: Sendable {
  struct Answer: Sendable {
    var status = "200 OK"
    var type: String? = "application/timestamp-reply"
    var more = ""
    var body: [UInt8]
    /// Says nothing at all.
    var hangs = false
  }

  private final class Record: Sendable {
    let asked = Mutex<[LoopbackRequest]>([])
  }

  private let listener = LoopbackListener()
  private let record = Record()
  let url: String

  init(_ answer: @escaping @Sendable ([UInt8]) throws -> Answer) throws {
    let record = self.record
    let port = try listener.start { [listener] stream in
      guard let asked = LoopbackRequest(from: stream) else { return }
      record.asked.withLock { $0.append(asked) }
      guard let answer = try? answer(asked.body) else { return }
      if answer.hangs { return stream.hang { listener.isStopped } }
      let type = answer.type.map { "Content-Type: \($0)\r\n" } ?? ""
      stream.write(
        "HTTP/1.1 \(answer.status)\r\n\(type)\(answer.more)Content-Length: \(answer.body.count)\r\nConnection: close\r\n\r\n"
      )
      stream.write(answer.body)
      stream.leave()
    }
    url = "http://127.0.0.1:\(port)/tsa"
  }

  var asked: [LoopbackRequest] { record.asked.withLock { $0 } }
  func stop() async { await listener.stop() }
}
