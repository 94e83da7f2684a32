import Cryptography
import Delivery
import Foundation
import Logging
import Mail
import Store

/// Store and intake as the appliance has them, in a directory of their own: what becomes of sightings.
final class Office {
  let store: ApplianceStore
  private let directory: String
  private let intake: Intake
  private var known: Set<CaseID> = []

  init() throws {
    directory = FileManager.default.temporaryDirectory.path + "/refpassport-office-\(UUID().uuidString)"
    store = try ApplianceStore.open(
      dataDirectory: directory, kek: SecretKey(randomOfSize: 32), signer: .generate(),
      origin: "acme.example/refpassport/test")
    intake = Intake(
      store: store, departures: store, admission: Admission(domains: ASCIIOnlyDomains()),
      restores: RestoreGuard(store, leadDays: 0),
      logger: Logger(label: "office", factory: { _ in SwiftLogNoOpLogHandler() }))
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// Takes in what a poll saw, and returns the employee numbers of the cases that were opened.
  @discardableResult
  func take(_ poll: Poll, at now: Timestamp) throws -> [String] {
    _ = try intake.take(poll.sightings, at: now)
    let fresh = try store.cases(at: Set(Stage.allCases)).map(\.id).filter { known.insert($0).inserted }
    return try fresh.map { try CaseVault(store).employee(of: $0) }
  }
}
