/// Bob's firewall: who is answered 401 or 403 fifty times within ten seconds is shut out for five minutes.
struct BobFirewall: Sendable {
  static let most = 50
  static let window: Int64 = 10
  static let penalty: Int64 = 300

  /// When refusals were given, oldest first; no more than `most`.
  private var refusals: [Int64] = []
  private var shutUntil: Int64?
  /// The most refusals that ever fell into one window.
  private(set) var worst = 0

  /// Notes an answer's status; a run of refusals shuts the caller out.
  mutating func note(_ status: Int, at now: Int64) {
    guard status == 401 || status == 403 else { return }
    refusals = (refusals + [now]).suffix(Self.most).filter { now - $0 < Self.window }
    worst = max(worst, refusals.count)
    if refusals.count >= Self.most { shutUntil = now + Self.penalty }
  }

  func isShut(at now: Int64) -> Bool { shutUntil.map { now < $0 } ?? false }
}
