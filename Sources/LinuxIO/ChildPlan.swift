// A program that is to be started.

/// What a child runs and what it is given.
package struct ChildPlan: Sendable {
  /// What is behind one of its three streams.
  package enum Stream: Sendable {
    /// `/dev/null`.
    case nothing
    /// A pipe, whose other end we hold.
    case pipe
    /// What somebody else holds until it has begun, such as our own standard error.
    case descriptor(Int32)
  }

  /// The file to be run, as `ProgramSearch` finds it. A relative path begins in `directory`.
  package var program: String
  /// Its name, then its arguments.
  package var words: [String]
  /// Its variables, as `NAME=value`.
  package var environment: [String]
  /// Where it works; nil: where we do.
  package var directory: String?
  /// How many bytes of address space it may have; nil: as many as we.
  package var addressSpace: UInt64?
  package var input = Stream.nothing
  package var output = Stream.nothing
  package var errors = Stream.nothing

  /// A program whose three streams are `/dev/null` until said otherwise.
  package init(_ program: String, _ words: [String], environment: [String]) {
    self.program = program
    self.words = words
    self.environment = environment
  }
}
