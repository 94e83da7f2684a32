// The durable memory of the appliance: cases, ledger, departures, keys, and their purge.
//
// Everything lies in one data directory, which one process owns (`DataDirectoryLock`):
//
//     lock            the owner's process number, under flock
//     refpassport.db  cases, sealed parts, attempts, ledger, departures: one SQLite file, so that a step and its
//                     entries are one transaction, durable when it returns (`SafetyPragmas`)
//     keys.slots      the key of each open case, wrapped by the key-encryption key (`SlotFile`)
//
// * Nothing personal reaches the disk in clear. A part is sealed with the key of its case before it is inserted, and the
//   case's key stands durable in its slot before the row that names the slot exists. A slot without a case is an orphan
//   of a crash and is shredded at the next start.
// * The ledger only grows. Triggers forbid changing or removing an entry, and at every start the whole tree is computed
//   again from the entries' bytes and compared with every signed checkpoint (`LedgerInspection`).
// * A purge is a chain of steps (`PurgeStep`), each of which may be repeated. It ends with an entry only if a scan of
//   every file found neither the facts in any encoding nor the ciphertext nor the slot (`Purger`).
//
// Methods block for the length of a transaction and may be called from any thread: one serial connection does all writes.
