// What a verb is made of.

/// A verb: its row in the argument table, and what it does. A new one is a file with its own, and a line in
/// `CommandTable.programs`.
protocol VerbProgram: SendableMetatype {
  /// How it is written. It stands by itself, since there are rows that name all verbs.
  static var name: Verb.Name { get }
  static var row: Verb { get }

  /// Does what the command line asks for, and answers the status to end with.
  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32
}
