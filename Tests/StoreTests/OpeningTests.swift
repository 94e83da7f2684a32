import Audit
import Cryptography
import Delivery
import Foundation
import GRDB
import Synchronization
import Testing

@testable import Store

@Suite("Opening the data directory")
struct OpeningTests {
  let bench: Workbench
  init() throws { bench = try Workbench() }

  @Test("everything in it is for the owner only")
  func modes() throws {
    let store = try bench.open()
    try store.admit(1)
    func mode(_ path: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }
    #expect(try mode(bench.path) == 0o700)
    let names = try FileManager.default.contentsOfDirectory(atPath: bench.path).sorted()
    #expect(names == ["keys.slots", "lock", "refpassport.db", "refpassport.db-shm", "refpassport.db-wal"])
    for name in names { #expect(try mode(bench.path + "/" + name) == 0o600, "\(name)") }
  }

  @Test("a directory open to others is closed")
  func closesDirectory() throws {
    try FileManager.default.createDirectory(
      atPath: bench.path, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
    _ = try bench.open()
    let mode = try FileManager.default.attributesOfItem(atPath: bench.path)[.posixPermissions] as? Int
    #expect(mode == 0o700)
  }

  @Test("a second opener is told the process number of the first")
  func lock() throws {
    let store = try bench.open()
    #expect(throws: StoreError.locked(pid: getpid())) { try bench.open() }
    _ = try store.size()
  }

  @Test("the lock ends with its holder")
  func unlock() throws {
    do { _ = try bench.open() }
    _ = try bench.open()
  }

  @Test("every setting reads back as it must", arguments: SafetyPragmas.all)
  func settings(setting: SafetyPragmas.Setting) throws {
    let store = try bench.open()
    try store.queue.writeWithoutTransaction { try SafetyPragmas.check($0, [setting]) }
  }

  @Test(
    "a setting that reads back differently is refused",
    arguments: [
      ("synchronous", "PRAGMA synchronous = NORMAL", "2", "1"),
      ("secure_delete", "PRAGMA secure_delete = OFF", "1", "0"),
      ("secure_delete", "PRAGMA secure_delete = FAST", "1", "2"),
      ("temp_store", "PRAGMA temp_store = FILE", "2", "1"),
      ("foreign_keys", "PRAGMA foreign_keys = OFF", "1", "0"),
      ("trusted_schema", "PRAGMA trusted_schema = ON", "0", "1"),
      ("journal_mode", "PRAGMA journal_mode = DELETE", "wal", "delete"),
    ])
  func mutation(name: String, mutation: String, expected: String, found: String) throws {
    let store = try bench.open()
    try store.queue.writeWithoutTransaction { database in
      _ = try Row.fetchAll(database, sql: mutation)
      #expect(throws: StoreError.unsafeSetting(name: name, expected: expected, found: found)) {
        try SafetyPragmas.check(database)
      }
    }
  }

  @Test("a file made with auto_vacuum does not open")
  func autoVacuum() throws {
    try FileManager.default.createDirectory(atPath: bench.path, withIntermediateDirectories: false)
    try bench.tamper("PRAGMA auto_vacuum = FULL", "CREATE TABLE other (id INTEGER)")
    #expect(throws: StoreError.unsafeSetting(name: "auto_vacuum", expected: "0", found: "1")) {
      try bench.open()
    }
  }

  @Test("another key-encryption key is refused, and harms nothing")
  func wrongKEK() throws {
    let row = try bench.open().admit(1)
    #expect(throws: StoreError.wrongKEK) { try bench.open(kek: SecretKey(randomOfSize: 32)) }
    #expect(try bench.open().unseal(.facts, of: row.id) != nil)
  }

  @Test("another ledger name or key is refused")
  func otherLedger() throws {
    _ = try bench.open()
    #expect(throws: StoreError.self) { try bench.open(origin: "other.example/refpassport/1") }
    #expect(throws: StoreError.self) { try bench.open(signer: try Ed25519.PrivateKey.generate()) }
    _ = try bench.open()
  }

  @Test("a reader beside the owner sees rows, ledger and departures, and neither unseals nor writes")
  func reader() throws {
    let store = try bench.open()
    let row = try store.admit(1)
    let note = try store.checkpoint(at: time())
    let reader = try ApplianceStore.reader(dataDirectory: bench.path)
    #expect(try reader.cases() == [row])
    #expect(try reader.find(row.id) == row)
    #expect(try reader.size() == 1)
    #expect(try reader.entries(0..<10).count == 1)
    #expect(try reader.lastCheckpoint()?.note == note)
    #expect(try reader.departures().map(\.caseID) == [row.id])
    #expect(try reader.ledgerKey() == bench.verifier.vkey)
    #expect(throws: StoreError.readOnly) { try reader.unseal(.facts, of: row.id) }
    #expect(throws: StoreError.readOnly) { try reader.append([], at: time()) }
    #expect(throws: StoreError.readOnly) { try reader.checkpoint(at: time()) }
    #expect(throws: StoreError.readOnly) { try reader.reset(departure(1).person, telling: [], at: time()) }
    #expect(throws: (any Error).self) { try reader.queue.write { try $0.execute(sql: "DELETE FROM sealed") } }
  }

  @Test(
    "tables of an earlier version: a reader says so, the owner brings them up to this one", arguments: 0..<Schema.newest
  )
  func olderVersion(_ version: Int) throws {
    try FileManager.default.createDirectory(atPath: bench.path, withIntermediateDirectories: true)
    let queue = try DatabaseQueue(path: bench.database)
    // Version 0 is the empty file that stands there when an owner begins.
    if version > 0 { try Schema.migrator.migrate(queue, upTo: "\(version)") }
    try queue.close()
    #expect(throws: StoreError.olderVersion) { try ApplianceStore.reader(dataDirectory: bench.path) }
    let store = try bench.open()
    #expect(try ApplianceStore.reader(dataDirectory: bench.path).cases() == store.cases())
  }

  @Test("tables of a later version are left alone by reader and owner")
  func laterVersion() throws {
    do { try bench.open().admit(1) }
    try bench.tamper("INSERT INTO grdb_migrations VALUES ('1000')")
    let before = FileManager.default.contents(atPath: bench.database)
    #expect(throws: StoreError.laterVersion) { try ApplianceStore.reader(dataDirectory: bench.path) }
    #expect(throws: StoreError.laterVersion) { try bench.open() }
    #expect(FileManager.default.contents(atPath: bench.database) == before)
  }

  @Test(
    "what SQLite could not do is told by cause and code, never by the statement",
    arguments: [
      (.SQLITE_FULL, .full), (.SQLITE_IOERR, .damaged), (.SQLITE_CORRUPT, .damaged), (.SQLITE_NOTADB, .damaged),
      (.SQLITE_CANTOPEN, .forbidden), (.SQLITE_READONLY, .forbidden), (.SQLITE_PERM, .forbidden),
      (.SQLITE_NOMEM, .memory), (.SQLITE_BUSY, .busy), (.SQLITE_LOCKED, .busy), (.SQLITE_ERROR, .program),
      (.SQLITE_CONSTRAINT, .program),
    ] as [(ResultCode, DatabaseFailure.Cause)])
  func failures(_ code: ResultCode, _ cause: DatabaseFailure.Cause) throws {
    let secret = "ada@acme.example"
    let error = DatabaseError(resultCode: code, message: secret, sql: "SELECT '\(secret)'", arguments: [secret])
    let failure = try #require(DatabaseFailure(error))
    #expect(failure.cause == cause)
    #expect(failure.code.hasPrefix("\(code.rawValue) ("))
    #expect(!"\(failure)".contains(secret))
    #expect(DatabaseFailure(StoreError.readOnly) == nil)
  }

  @Test("without its tables an appliance that has run is lost, not new, however its file was emptied")
  func emptied() throws {
    do { try bench.open().admit(1) }
    for file in [bench.database + "-wal", bench.database + "-shm"] { try? FileManager.default.removeItem(atPath: file) }
    try Data().write(to: URL(filePath: bench.database))
    let slots = FileManager.default.contents(atPath: bench.slots)
    #expect(throws: StoreError.databaseLost) { try ApplianceStore.reader(dataDirectory: bench.path) }
    #expect(throws: StoreError.databaseLost) { try bench.open() }
    #expect(FileManager.default.contents(atPath: bench.slots) == slots)
    #expect(FileManager.default.contents(atPath: bench.database) == Data())
  }

  @Test(
    "readers that come while the tables are made see all or are told to come again; the tables are made all the same")
  func readersAtTheBeginning() throws {
    for _ in 0..<10 {
      let bench = try Workbench()
      let directory = DataDirectory(bench.path)
      try directory.create()
      // Before there are readers: in their process it would drop their locks (`DataDirectory.createFiles`).
      try directory.createFiles()
      let looks = Mutex((areOver: false, failures: [String]()))
      let group = DispatchGroup()
      for _ in 0..<4 {
        DispatchQueue.global().async(group: group) {
          while !looks.withLock({ $0.areOver }) {
            do { _ = try ApplianceStore.reader(dataDirectory: bench.path).departures() } catch StoreError.olderVersion {
              continue
            } catch {
              looks.withLock { $0.failures.append("\(error)") }
            }
          }
        }
      }
      let made = Result { try ApplianceStore.openDatabase(at: bench.database, isNew: true) }
      looks.withLock { $0.areOver = true }
      group.wait()
      #expect(looks.withLock { $0.failures } == [])
      #expect(throws: Never.self) {
        let owner = try made.get()
        _ = try ApplianceStore.reader(dataDirectory: bench.path).departures()
        try owner.close()
      }
    }
  }

  @Test("a reader of a directory nobody has open")
  func lonelyReader() throws {
    do { try bench.open().admit(1) }
    #expect(try ApplianceStore.reader(dataDirectory: bench.path).cases().count == 1)
  }
}
