import GRDB

/// The tables, as migrations that only ever grow.
///
/// SQLite is trusted more than our own code: what must hold between columns is a CHECK, what must hold
/// between rows a key or a trigger.
///
/// `sealed` is the only table with anything personal in it, and that only as ciphertext.
enum Schema {
  /// The statements of the first version.
  static let version1 = [
    """
    CREATE TABLE meta (
      key TEXT NOT NULL PRIMARY KEY,
      value TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE "case" (
      id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
      stage TEXT NOT NULL CHECK (stage IN (
        'detected', 'held', 'issued', 'queued', 'sending', 'accepted', 'deferred', 'unknown',
        'confirmed', 'undeliverable', 'cancelled', 'expired', 'purging', 'purged')),
      holdReason TEXT,
      holdResume TEXT CHECK (holdResume NOT IN ('held', 'sending', 'purging', 'purged')),
      opened INTEGER NOT NULL,
      since INTEGER NOT NULL,
      attempts INTEGER NOT NULL CHECK (attempts >= 0),
      nextAttempt INTEGER,
      lastClass TEXT,
      acceptedAt INTEGER,
      ground TEXT CHECK (ground IN ('confirm', 'fail', 'expire', 'cancel')),
      slot INTEGER UNIQUE CHECK (slot >= 0),
      CHECK ((stage = 'held') = (holdReason IS NOT NULL)),
      CHECK ((holdReason IS NULL) = (holdResume IS NULL)),
      CHECK ((stage = 'purged') = (slot IS NULL)),
      CHECK (stage NOT IN ('purging', 'purged') OR ground IS NOT NULL)
    ) STRICT
    """,
    #"CREATE INDEX caseByStage ON "case" (stage, opened)"#,
    """
    CREATE TABLE sealed (
      caseID BLOB NOT NULL REFERENCES "case" (id) ON DELETE CASCADE,
      part TEXT NOT NULL CHECK (part IN (
        'facts', 'employee', 'salt', 'credential', 'envelope', 'mail', 'reply')),
      blob BLOB NOT NULL CHECK (length(blob) >= 28),
      PRIMARY KEY (caseID, part)
    ) STRICT
    """,
    """
    CREATE TABLE attempt (
      caseID BLOB NOT NULL REFERENCES "case" (id) ON DELETE CASCADE,
      number INTEGER NOT NULL CHECK (number >= 1),
      started INTEGER NOT NULL,
      intent INTEGER,
      finished INTEGER,
      verdict TEXT CHECK (verdict IN ('accepted', 'deferred', 'refused', 'unknown', 'abandoned')),
      class TEXT,
      code INTEGER CHECK (code BETWEEN 0 AND 999),
      enhanced TEXT,
      PRIMARY KEY (caseID, number),
      CHECK ((finished IS NULL) = (verdict IS NULL)),
      CHECK (verdict IS NOT NULL OR (class IS NULL AND code IS NULL AND enhanced IS NULL))
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TRIGGER intentStands BEFORE UPDATE OF intent ON attempt
    WHEN OLD.intent IS NOT NULL AND NEW.intent IS NOT OLD.intent
    BEGIN SELECT RAISE(ABORT, 'an intent is never taken back'); END
    """,
    """
    CREATE TABLE entry (
      idx INTEGER NOT NULL PRIMARY KEY CHECK (idx >= 0),
      bytes BLOB NOT NULL CHECK (length(bytes) BETWEEN 2 AND 1024),
      leaf BLOB NOT NULL CHECK (length(leaf) = 32),
      event TEXT NOT NULL,
      caseID BLOB CHECK (length(caseID) = 16)
    ) STRICT
    """,
    "CREATE INDEX entryByCase ON entry (caseID, event)",
    "CREATE TRIGGER entryStands BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
    "CREATE TRIGGER entryStays BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
    """
    CREATE TRIGGER entryFollows BEFORE INSERT ON entry
    WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM entry)
    BEGIN SELECT RAISE(ABORT, 'the ledger has no gaps'); END
    """,
    """
    CREATE TABLE checkpoint (
      size INTEGER NOT NULL PRIMARY KEY CHECK (size >= 0),
      note TEXT NOT NULL,
      at INTEGER NOT NULL
    ) STRICT
    """,
    """
    CREATE TRIGGER checkpointStands BEFORE UPDATE ON checkpoint
    BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END
    """,
    """
    CREATE TRIGGER checkpointStays BEFORE DELETE ON checkpoint
    BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END
    """,
    """
    CREATE TABLE departure (
      person BLOB NOT NULL PRIMARY KEY CHECK (length(person) BETWEEN 1 AND 64),
      termination BLOB NOT NULL CHECK (length(termination) BETWEEN 1 AND 64),
      start BLOB CHECK (length(start) BETWEEN 1 AND 64),
      reason TEXT NOT NULL CHECK (reason IN ('baseline', 'case')),
      caseID BLOB REFERENCES "case" (id),
      at INTEGER NOT NULL,
      CHECK ((reason = 'case') = (caseID IS NOT NULL))
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE sighting (
      person BLOB NOT NULL CHECK (length(person) BETWEEN 1 AND 64),
      termination BLOB NOT NULL CHECK (length(termination) BETWEEN 1 AND 64),
      at INTEGER NOT NULL,
      PRIMARY KEY (person, termination)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE purgeRecord (
      caseID BLOB NOT NULL PRIMARY KEY REFERENCES "case" (id),
      started INTEGER NOT NULL,
      scope TEXT NOT NULL,
      files INTEGER NOT NULL CHECK (files >= 0),
      ciphertext BLOB NOT NULL CHECK (length(ciphertext) % 16 = 0),
      slot BLOB NOT NULL CHECK (length(slot) IN (0, 60))
    ) STRICT, WITHOUT ROWID
    """,
  ]

  /// Notices to the organisation, alarms, and the document as a part of its own.
  static let version2 = [
    #"ALTER TABLE "case" ADD COLUMN queued INTEGER"#,
    "ALTER TABLE sealed RENAME TO sealedBefore",
    """
    CREATE TABLE sealed (
      caseID BLOB NOT NULL REFERENCES "case" (id) ON DELETE CASCADE,
      part TEXT NOT NULL CHECK (part IN (
        'facts', 'employee', 'salt', 'credential', 'envelope', 'mail', 'document', 'reply')),
      blob BLOB NOT NULL CHECK (length(blob) >= 28),
      PRIMARY KEY (caseID, part)
    ) STRICT
    """,
    "INSERT INTO sealed SELECT caseID, part, blob FROM sealedBefore",
    "DROP TABLE sealedBefore",
    """
    CREATE TABLE notice (
      number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
      kind TEXT NOT NULL,
      caseID BLOB CHECK (length(caseID) = 16),
      detail TEXT NOT NULL,
      queued INTEGER NOT NULL,
      due INTEGER NOT NULL,
      mail BLOB CHECK (length(mail) = 16),
      attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0)
    ) STRICT
    """,
    """
    CREATE TABLE alarm (
      kind TEXT NOT NULL PRIMARY KEY,
      since INTEGER NOT NULL,
      detail TEXT NOT NULL,
      notice INTEGER
    ) STRICT, WITHOUT ROWID
    """,
  ]

  /// The count of changes of a case.
  static let version3 = [#"ALTER TABLE "case" ADD COLUMN revision INTEGER NOT NULL DEFAULT 0"#]

  /// What is reported of mails: by what a report is told to belong to an attempt, what was reported, and whether anybody
  /// would have seen it.
  static let version4 = [
    #"ALTER TABLE "case" ADD COLUMN firstAttempt INTEGER NOT NULL DEFAULT 1 CHECK (firstAttempt >= 1)"#,
    "ALTER TABLE attempt ADD COLUMN token BLOB CHECK (length(token) = 10)",
    """
    ALTER TABLE attempt ADD COLUMN message BLOB
      CHECK (length(message) = 32) CHECK ((message IS NULL) = (token IS NULL))
    """,
    "CREATE UNIQUE INDEX attemptByToken ON attempt (token) WHERE token IS NOT NULL",
    "CREATE INDEX attemptByMessage ON attempt (message) WHERE message IS NOT NULL",
    """
    CREATE TABLE report (
      number INTEGER NOT NULL PRIMARY KEY,
      caseID BLOB NOT NULL REFERENCES "case" (id) ON DELETE CASCADE,
      hash TEXT NOT NULL CHECK (length(hash) = 43),
      attempt INTEGER NOT NULL CHECK (attempt >= 1),
      level TEXT NOT NULL CHECK (level IN ('hard', 'soft', 'delayed', 'relayed', 'delivered', 'claimed')),
      reason TEXT NOT NULL,
      status TEXT,
      at INTEGER NOT NULL,
      pending INTEGER NOT NULL CHECK (pending IN (0, 1)),
      UNIQUE (caseID, hash)
    ) STRICT
    """,
    "CREATE INDEX reportWaiting ON report (number) WHERE pending = 1",
    """
    CREATE TABLE probe (
      number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
      sent INTEGER NOT NULL,
      back INTEGER
    ) STRICT
    """,
    """
    CREATE TABLE look (
      one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
      at INTEGER NOT NULL
    ) STRICT
    """,
  ]

  /// The kept hashes of `LedgerTree`.
  static let version5 = [
    """
    CREATE TABLE subtree (
      level INTEGER NOT NULL CHECK (level >= 8),
      place INTEGER NOT NULL CHECK (place >= 0),
      hash BLOB NOT NULL CHECK (length(hash) = 32),
      PRIMARY KEY (level, place)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE TRIGGER subtreeStands BEFORE UPDATE ON subtree BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
    "CREATE TRIGGER subtreeStays BEFORE DELETE ON subtree BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
  ]

  /// Legal holds, and the checkpoint that the officer has.
  static let version6 = [
    #"ALTER TABLE "case" ADD COLUMN legalReview TEXT CHECK (legalReview LIKE '____-__-__')"#,
    #"ALTER TABLE "case" ADD COLUMN legalSince INTEGER"#,
    """
    ALTER TABLE "case" ADD COLUMN legalReason TEXT
      CHECK (legalReason IN ('litigation', 'investigation', 'authority', 'subject-request'))
      CHECK ((legalReason IS NULL) = (legalReview IS NULL) AND (legalReason IS NULL) = (legalSince IS NULL))
      CHECK (stage NOT IN ('purging', 'purged') OR legalReason IS NULL)
    """,
    """
    CREATE TABLE handover (
      one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
      size INTEGER NOT NULL CHECK (size > 0),
      at INTEGER NOT NULL
    ) STRICT
    """,
  ]

  /// The slots of the lookup keys, and what the newest scan found.
  static let version7 = [
    """
    CREATE TABLE epoch (
      quarter TEXT NOT NULL PRIMARY KEY CHECK (quarter GLOB '[0-9][0-9][0-9][0-9]Q[1-4]'),
      slot INTEGER NOT NULL UNIQUE CHECK (slot >= 0)
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE scan (
      one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
      at INTEGER NOT NULL,
      files INTEGER NOT NULL,
      bytes INTEGER NOT NULL,
      hits INTEGER NOT NULL
    ) STRICT
    """,
  ]

  /// Timestamps of checkpoints, which notice goes with one, and since when the authority has given none.
  static let version8 = [
    """
    CREATE TABLE timestamp (
      size INTEGER NOT NULL PRIMARY KEY REFERENCES checkpoint (size),
      token BLOB NOT NULL CHECK (length(token) BETWEEN 1 AND 65536),
      at INTEGER NOT NULL
    ) STRICT
    """,
    "CREATE TRIGGER timestampStands BEFORE UPDATE ON timestamp BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
    "CREATE TRIGGER timestampStays BEFORE DELETE ON timestamp BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END",
    """
    ALTER TABLE notice ADD COLUMN stamped INTEGER REFERENCES timestamp (size)
      CHECK (stamped IS NULL OR kind = 'checkpoint')
    """,
    """
    CREATE TABLE timestampFailure (
      one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
      since INTEGER NOT NULL,
      last INTEGER NOT NULL CHECK (last >= since)
    ) STRICT
    """,
  ]

  /// Less of the wrapped key in the record of a purge, and entries that leave their leaf when their retention is over.
  static let version9 = [
    "ALTER TABLE purgeRecord RENAME TO purgeRecordBefore",
    """
    CREATE TABLE purgeRecord (
      caseID BLOB NOT NULL PRIMARY KEY REFERENCES "case" (id),
      started INTEGER NOT NULL,
      scope TEXT NOT NULL,
      files INTEGER NOT NULL CHECK (files >= 0),
      ciphertext BLOB NOT NULL CHECK (length(ciphertext) % 16 = 0),
      slot BLOB NOT NULL CHECK (length(slot) IN (0, 32))
    ) STRICT, WITHOUT ROWID
    """,
    """
    INSERT INTO purgeRecord SELECT caseID, started, scope, files, ciphertext,
      CASE length(slot) WHEN 0 THEN slot ELSE CAST(substr(slot, 1, 16) || substr(slot, 45) AS BLOB) END
    FROM purgeRecordBefore
    """,
    "DROP TABLE purgeRecordBefore",
    "DROP TRIGGER entryStands",
    // Only to drop what it says: place and leaf stay.
    """
    CREATE TRIGGER entryStands BEFORE UPDATE ON entry
    WHEN NEW.idx <> OLD.idx OR NEW.leaf <> OLD.leaf OR OLD.event = 'pruned' OR NEW.event <> 'pruned'
      OR NEW.caseID IS NOT NULL OR OLD.caseID IS NULL
    BEGIN SELECT RAISE(ABORT, 'the ledger only grows'); END
    """,
  ]

  /// Within how many seconds of its opening a case is purged, as the ledger promised when it was opened.
  static let version10 = [
    #"ALTER TABLE "case" ADD COLUMN promise INTEGER CHECK (promise >= 0)"#,
    """
    UPDATE "case" SET promise = (
      SELECT json_extract(CAST(bytes AS TEXT), '$.purgeLatest') AS latest FROM entry
      WHERE caseID IS NULL AND event = 'config' AND latest IS NOT NULL
        AND idx < (SELECT min(idx) FROM entry AS own WHERE own.caseID = "case".id)
      ORDER BY idx DESC LIMIT 1
    )
    """,
  ]

  /// Departures for which no case is made on purpose, whether the status has said them, and what else was seen.
  static let version11 = [
    "ALTER TABLE departure RENAME TO departureBefore",
    """
    CREATE TABLE departure (
      person BLOB NOT NULL PRIMARY KEY CHECK (length(person) BETWEEN 1 AND 64),
      termination BLOB NOT NULL CHECK (length(termination) BETWEEN 1 AND 64),
      start BLOB CHECK (length(start) BETWEEN 1 AND 64),
      reason TEXT NOT NULL CHECK (reason IN ('baseline', 'case', 'excluded')),
      caseID BLOB REFERENCES "case" (id),
      at INTEGER NOT NULL,
      gone INTEGER NOT NULL CHECK (gone IN (0, 1)),
      CHECK ((reason = 'case') = (caseID IS NOT NULL))
    ) STRICT, WITHOUT ROWID
    """,
    // Only whom a date gave away was sighted before.
    """
    INSERT INTO departure SELECT person, termination, start, reason, caseID, at,
      NOT EXISTS (SELECT 1 FROM sighting WHERE sighting.person = departureBefore.person)
    FROM departureBefore
    """,
    "DROP TABLE departureBefore",
    """
    CREATE TABLE observation (
      person BLOB NOT NULL CHECK (length(person) BETWEEN 1 AND 64),
      remark TEXT NOT NULL,
      first INTEGER NOT NULL,
      last INTEGER NOT NULL,
      times INTEGER NOT NULL CHECK (times >= 1),
      PRIMARY KEY (person, remark)
    ) STRICT, WITHOUT ROWID
    """,
  ]

  /// What each version added, the first one first.
  private static let versions = [
    version1, version2, version3, version4, version5, version6, version7, version8, version9, version10, version11,
  ]

  /// Every statement that makes something.
  static let statements = versions.flatMap { $0 }

  /// The number of the newest version.
  static var newest: Int { versions.count }

  /// Whether there are tables of any version.
  ///
  /// Asked first, it fixes what the transaction sees, which a statement on a missing table, failing, would not.
  static func isBegun(_ database: Database) throws -> Bool { try database.tableExists("grdb_migrations") }

  /// Throws `laterVersion` for tables that a later version has changed: nothing may be done with them.
  static func refuseLater(_ database: Database) throws {
    guard try !migrator.hasBeenSuperseded(database) else { throw StoreError.laterVersion }
  }

  /// Throws `olderVersion` or `laterVersion` unless the tables are exactly those of this version; for readers, which make
  /// none.
  static func check(_ database: Database) throws {
    try refuseLater(database)
    guard try migrator.hasCompletedMigrations(database) else { throw StoreError.olderVersion }
  }

  static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    for (index, statements) in versions.enumerated() {
      let version = index + 1
      migrator.registerMigration("\(version)") { database in
        for statement in statements { try database.execute(sql: statement) }
        // The kept hashes of a ledger that is older than they are.
        if version == 5 { try LedgerTree(database: database).rebuild() }
      }
    }
    return migrator
  }
}
