// The centre of the appliance: what a case is, and every rule by which it moves.
//
// A *case* is one leaver's reference on its way. It is opened by a sighting in Bob, carries its personal data only
// sealed (`CaseStore`), and moves along one table, `CaseMachine`: stage × event → next stage + audit entry, with every
// cell decided. The entry and the move are one transaction, so the ledger never tells another story than the store.
//
//     detected → issued → queued → sending → accepted → confirmed → purging → purged
//
// * Nothing is sent twice silently. Before the final dot an *intent* is made durable, after it the *result*. An intent
//   without a result, after a crash or a lost connection, is `unknown`: a stage of its own, resolved by evidence, or
//   by the retry policy after a stated time, and either way by an entry.
// * Trouble of the relay as a whole (`RouteTrouble`) belongs to the route, not to the case: no attempt is charged.
// * Reports of delivery are claims. What one may do depends on what it proves (`EvidenceDesk`); bad news counts against any
//   other evidence of the same attempt, whichever comes first.
// * Silence is no proof. A quiet period confirms only while bounces are watched (`IntakeHealth`), or when nobody reads them
//   and the organisation has said `confirm.unwatched: true`; the entry tells which.
// * A case is purged after it was confirmed, failed, expired or was cancelled, and the purge entry names the ground.
//
// Decisions here are functions of values and a given `now`; effects go through the protocols this module owns and the
// adapters implement: `LeaverSource` (Bob), `ReferenceIssuer` (Reference), `Composer` (Templates), `Transport` (SMTP),
// `ReportSource` (Bounces), `TimestampAuthority` (TimeStamp), `CaseStore`, `ReportLog`, `IntakeLog`, `AuditLedger`,
// `DepartureLog`, `CasePurger`, `EntryPruner` and `RestoreLog` (Store).
