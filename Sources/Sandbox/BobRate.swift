/// What was spent of the rate limit, by endpoint and minute, and the headers that tell of it.
struct BobRate: Sendable {
  private var spent: [String: Int] = [:]
  private var minute: Int64 = 0

  mutating func spend(_ endpoint: String, at now: Int64) {
    if now / 60 != minute { (minute, spent) = (now / 60, [:]) }
    spent[endpoint, default: 0] += 1
  }

  func isSpent(_ endpoint: String, limit: Int) -> Bool { spent[endpoint, default: 0] > limit }

  func headers(for endpoint: String, at now: Int64, _ switches: SandboxBob.Switches) -> [(String, String)] {
    let left = switches.limitsRate ? max(0, switches.limit - spent[endpoint, default: 0]) : switches.limit
    var headers = [("X-RateLimit-Limit", "\(switches.limit)"), ("X-RateLimit-Remaining", "\(left)")]
    switch switches.reset {
    case .right: headers.append(("X-RateLimit-Reset", "\((now / 60 + 1) * 60)"))
    case .past: headers.append(("X-RateLimit-Reset", "\(now - 3600)"))
    case .far: headers.append(("X-RateLimit-Reset", "99999999999999999999"))
    case .rubbish: headers.append(("X-RateLimit-Reset", "soon"))
    case .missing: break
    }
    return headers
  }
}
