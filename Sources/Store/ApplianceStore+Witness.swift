package import Audit
package import Delivery
import GRDB

extension ApplianceStore {
  /// Goes through every byte of `data_dir` for the values of some people, whoever tells them: the proof that a purge
  /// left nothing, asked from outside.
  package func scan(for people: [LeaverFacts]) throws -> ScanReport {
    var needles: [Needle] = []
    for facts in people {
      var wanted = Needles(case: .random(), vocabulary: vocabulary)
      wanted.add(facts)
      needles += wanted.all
    }
    return FileScan(needles).run(over: [ownRoot]).report
  }

  /// What the newest `config` entry tells of the configuration; nil if there is none.
  package func lastConfiguration() throws -> [String: CanonicalJSON]? {
    try look { database in
      let row = try database.first(
        "SELECT bytes FROM entry WHERE caseID IS NULL AND event = 'config' ORDER BY idx DESC LIMIT 1")
      return try row.flatMap { try Entry(parsing: $0.bytes("bytes")).fields }
    }
  }
}
