import Audit
import Delivery
import Glibc

extension Drawing {
  /// The whole work of a drawing process: a sheet's JSON on standard input, the PDF on standard output.
  ///
  /// Returns the exit status: 0, or 1 after writing the `IssueFailure` as JSON instead.
  package static func serveStandardInput() -> Int32 {
    do throws(IssueFailure) {
      guard let input = readAll(from: STDIN_FILENO, limit: Sheet.maximumSize) else {
        throw .failed("the drawing process got no sheet")
      }
      guard let sheet = try? Sheet(parsing: input) else {
        throw .failed("the drawing process cannot read the sheet")
      }
      return writeAll(try pdf(for: sheet), to: STDOUT_FILENO) ? 0 : 1
    } catch {
      _ = writeAll(error.bytes, to: STDOUT_FILENO)
      return 1
    }
  }

  /// Everything up to the end of the file; nil for an error or more than `limit` bytes.
  private static func readAll(from descriptor: Int32, limit: Int) -> [UInt8]? {
    var input: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0, input.count + count <= limit else { return nil }
      if count == 0 { return input }
      input += buffer.prefix(count)
    }
  }

  private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      rest = rest.dropFirst(count)
    }
    return true
  }
}

extension IssueFailure {
  /// As a drawing process tells it.
  var bytes: [UInt8] {
    let json: CanonicalJSON =
      switch self {
      case .incomplete: .object(["failure": "incomplete"])
      case .unprintable(let field): .object(["failure": "unprintable", "field": .string(field)])
      case .failed(let sentence): .object(["failure": "failed", "sentence": .string(sentence)])
      }
    return (try? json.bytes()) ?? []
  }

  /// What a drawing process told; nil if it was something else.
  init?(parsing bytes: [UInt8]) {
    guard let json = try? CanonicalJSON(canonical: bytes, maximumSize: 4096) else { return nil }
    switch json["failure"]?.string {
    case "incomplete": self = .incomplete
    case "unprintable":
      guard let field = json["field"]?.string else { return nil }
      self = .unprintable(field: field)
    case "failed":
      guard let sentence = json["sentence"]?.string else { return nil }
      self = .failed(sentence)
    default: return nil
    }
  }
}
