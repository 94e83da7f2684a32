import Delivery
import Glibc
import Reference
import SMTP
import Settings
import Store
import Templates

// The modules' own errors as sentences for operators, with the exit code of the command line's contract.

extension ConfigurationError: SelfExplaining {
  var exit: Exit { .usage }
  var sentence: String { description }
}

extension TemplateError: SelfExplaining {
  var exit: Exit { .usage }
  var sentence: String { description }
}

extension RelayError: SelfExplaining {
  var exit: Exit { .usage }
  var sentence: String { "\(self)" }
}

extension StoreError: SelfExplaining {
  var exit: Exit {
    switch self {
    case .ledgerDamaged, .slotFileDamaged, .noSuchEntry, .unusableBackup: .no
    default: .usage
    }
  }

  var sentence: String {
    switch self {
    case .locked: "\(description). Stop it first: one process owns data_dir."
    case .wrongKEK: "\(description). Put the right key back; no other key opens the cases under way."
    case .ledgerDamaged:
      "\(description). Nothing was sent or changed. Leave data_dir as it is, copy it as evidence, and tell whoever holds earlier checkpoints (notices.officer): `refpassport audit verify --held FILE` shows from which entry on it differs. Mending the ledger by hand does not help: each checkpoint that was handed out shows it."
    case .databaseLost:
      "\(description). Restore a backup (`refpassport restore`), or bring the file back; a new one would be a second ledger beside the first."
    case .restoreUnfinished: "\(description). Run `refpassport restore` again; it begins from the backup anew."
    case .olderVersion:
      "\(description). If the appliance has just been started, ask again in a moment; otherwise start it (`refpassport run`), or restart it, which brings its data up to this version."
    case .laterVersion: "\(description). Nothing was changed; install that version again."
    case .unusable(file: "data_dir", _, EACCES), .unusable(file: "data_dir", _, EPERM),
      .unusable(file: "data_dir", _, ENOENT):
      "\(description). Make it, or the directory that it is to be in, and give it to the user of this process."
    case .inhabited:
      "\(description). Stop it, and move refpassport.db, refpassport.db-wal and refpassport.db-shm out of data_dir first; keys and keys.slots may stay."
    default: description + "."
    }
  }
}

extension DatabaseFailure: SelfExplaining {
  var exit: Exit { .outside }

  var sentence: String {
    let what = "SQLite failed on data_dir with code \(code)"
    return switch cause {
    case .full: "\(what). Make room on its disk; what was under way was not done."
    case .damaged: "\(what). Look at its disk. If the file is lost, `refpassport restore` brings a backup back."
    case .forbidden: "\(what). Run this as the user that data_dir belongs to, and look at its rights."
    case .memory: "\(what). Give it more memory; a backup takes twice the size of refpassport.db."
    case .busy: "\(what): another process holds it. Ask again in a moment."
    case .program: "\(what): this is a fault of the program; please report it."
    }
  }
}

extension BackupArchive.Failure: SelfExplaining {
  var exit: Exit { .no }

  var sentence: String {
    switch self {
    case .foreign: "That is no backup of this program, or one of a later version."
    case .passphrase: "The passphrase is not the one of this backup, or the file was changed."
    case .damaged: "The backup is damaged: a part is missing or was changed. Nothing was restored; take another one."
    }
  }
}

extension PaperFailure: SelfExplaining {
  var exit: Exit {
    switch self {
    case .notPurged, .notClean, .ledgerAltered: .no
    case .failed: .outside
    }
  }

  var sentence: String {
    switch self {
    case .notPurged(let stands): "Nothing to certify: \(stands)"
    case .notClean: "The ledger does not tell of a scan that found nothing, so the deletion is not certified."
    case .ledgerAltered:
      "The entries do not lead to the signed checkpoint, so nothing is certified: `refpassport audit verify` says where."
    case .failed(let checks):
      "The paper does not verify (\(checks)) and was not written: `refpassport audit verify` says whether the ledger does."
    }
  }
}

extension IssueFailure: SelfExplaining {
  var exit: Exit { .outside }

  var sentence: String {
    switch self {
    case .incomplete: "A fact that must be printed is missing."
    case .unprintable: "No installed font can draw a value, such as organisation.name: install fonts-noto-core."
    case .failed(let reason): "The document could not be made: \(reason)."
    }
  }
}

extension ReferenceError: SelfExplaining {
  var exit: Exit { .usage }
  var sentence: String { description + "." }
}

extension ApplianceKeys.Failure: SelfExplaining {
  var exit: Exit { .usage }

  var sentence: String {
    switch self {
    case .lost(let directory):
      "\(directory) is missing though this appliance has run before: restore it from a backup. New keys would start a new ledger."
    case .unusable(let file):
      "The key file \(file) below data_dir/keys is missing or damaged: restore it from a backup."
    case .readable(let file): "The key file \(file) below data_dir/keys can be read by others: chmod 600 it."
    case .ofAnother(let directory):
      "\(directory) holds keys that are not those of the backup, or are damaged: move them away, or configure another data_dir."
    case .notWritten(let directory):
      "The keys cannot be written to \(directory): make it, and give it to this user (data_dir)."
    }
  }
}
