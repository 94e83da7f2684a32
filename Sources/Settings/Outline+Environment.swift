extension Outline {
  /// Lays the variables `REFPASSPORT_…` over the file; one that belongs to no key is a problem.
  mutating func override(from environment: [String: String]) {
    let keys = Dictionary(uniqueKeysWithValues: SettingKey.allCases.map { ($0.variable, $0) })
    let secrets = Set(SecretName.allCases.compactMap(\.variable))
    for (variable, value) in environment.sorted(by: { $0.key < $1.key })
    where variable.hasPrefix(SettingKey.prefix) {
      let origin = Origin.environment(variable)
      if let key = keys[variable] {
        override(key.rawValue, with: key.isList ? .list(Self.items(of: value)) : .text(value), origin: origin)
      } else if !secrets.contains(variable) {
        let meant = nearest(to: variable, among: keys.keys.sorted() + secrets.sorted())
        let hint = meant.map { "did you mean \($0)?" } ?? "it belongs to no key; take it out"
        report(.environment(Self.printable(variable)), "", "unknown; \(hint)")
      }
    }
  }

  private static func items(of value: String) -> [String] {
    value.split(separator: ",").map { $0.trimmingPrefix(while: \.isWhitespace) }
      .map { String($0.reversed().trimmingPrefix(while: \.isWhitespace).reversed()) }
      .filter { !$0.isEmpty }
  }
}
