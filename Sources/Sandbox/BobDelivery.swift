import Foundation
import Hummingbird
import Logging
import NIOCore

extension BobAnswer {
  /// Ends an answer in the middle, after which the server closes the connection.
  private struct BrokenOff: Error {}

  /// The body as it goes out; a connection that is to end without an answer ends here.
  func delivered(on channel: any Channel) async throws -> ResponseBody {
    let whole = ByteBuffer(bytes: body)
    switch ending {
    case .whole: return ResponseBody(byteBuffer: whole)
    case .drop:
      try await channel.close().get()
      throw BrokenOff()
    case .slowHead:
      try await Task.sleep(for: .milliseconds(Ending.lateness))
      return ResponseBody(byteBuffer: whole)
    case .slowBody:
      // Without a length, and so in chunks.
      return ResponseBody { writer in
        for piece in Self.pieces(of: body) {
          try await writer.write(ByteBuffer(bytes: piece))
          try await Task.sleep(for: .milliseconds(Ending.pause))
        }
        try await writer.finish(nil)
      }
    case .truncated, .reset:
      return ResponseBody(contentLength: body.count) { writer in
        try await writer.write(ByteBuffer(bytes: body.prefix(body.count / 2)))
        guard ending == .reset else { throw BrokenOff() }
        // With the time to linger set to nothing, closing is a reset.
        let socket = channel as? any SocketOptionProvider
        try await socket?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        try await channel.close().get()
      }
    case .endless:
      return ResponseBody { writer in
        let blanks = ByteBuffer(repeating: UInt8(ascii: " "), count: 1 << 16)
        try await writer.write(whole)
        while !Task.isCancelled { try await writer.write(blanks) }
      }
    }
  }
}

/// A context that knows the connection, so that an answer can break it.
struct ChannelContext: RequestContext {
  var coreContext: CoreRequestContextStorage
  let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }
}
