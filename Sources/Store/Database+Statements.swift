import Foundation
import GRDB

extension Database {
  /// Runs a statement that is compiled once a connection.
  func run(_ sql: String, _ arguments: StatementArguments = []) throws {
    try cachedStatement(sql: sql).execute(arguments: arguments)
  }

  /// The first row of a query that is compiled once a connection.
  func first(_ sql: String, _ arguments: StatementArguments = []) throws -> Row? {
    try Row.fetchOne(cachedStatement(sql: sql), arguments: arguments)
  }

  /// All rows of a query that is compiled once a connection.
  func all(_ sql: String, _ arguments: StatementArguments = []) throws -> [Row] {
    try Row.fetchAll(cachedStatement(sql: sql), arguments: arguments)
  }
}

extension Row {
  /// The bytes of a BLOB column that cannot be NULL.
  func bytes(_ column: String) -> [UInt8] { [UInt8](self[column] as Data) }

  /// The same by the column's place: for statements that give very many rows.
  func bytes(at index: Int) throws -> [UInt8] { try withUnsafeData(atIndex: index) { $0.map { [UInt8]($0) } ?? [] } }
}
