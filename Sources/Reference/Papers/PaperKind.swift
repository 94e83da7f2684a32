/// The papers for the compliance officer.
package enum PaperKind: String, CaseIterable, Sendable {
  /// That everything personal in one case was destroyed.
  case certificate = "refpassport/deletion-certificate/v1"
  /// What happened in a period.
  case report = "refpassport/audit-report/v1"

  /// The name of the signed JSON inside of the PDF.
  var jsonName: String {
    switch self {
    case .certificate: "deletion-certificate.json"
    case .report: "audit-report.json"
    }
  }

  static let purgeProofName = "purge.tlog-proof"
  static let checkpointName = "checkpoint.txt"
  static let startName = "checkpoint-start.txt"
  static let growthName = "growth.txt"
}
