// Who takes part in a comparison.

/// One way to do what a row measures: one process or two, each of its own, so that none disturbs another.
struct Contender: Sendable {
  let name: String
  /// Started in this order; when several take slices they take them together.
  let ends: [End]

  init(_ name: String, _ ends: End...) {
    self.name = name
    self.ends = ends
  }
}

/// What one process of a contender does. The outer closures open things and are not measured.
enum End: Sendable {
  /// Does the work so many times, whenever it is told to.
  case works(@Sendable (Place) throws -> (Int) throws -> Void)
  /// The same through async calls, and not on the main thread.
  case worksAsync(@concurrent @Sendable (Place) async throws -> @concurrent @Sendable (Int) async throws -> Void)
  /// Takes so many messages, whenever it is told to, and answers how long they were on their way: all together, in
  /// nanoseconds.
  case measures(@Sendable (Place) throws -> (Int) throws -> UInt64)
  /// Does one thing so many times, whenever it is told to, and answers how long the median of them took: so that a few
  /// that waited for a processor do not count for what the others take.
  case repeats(@Sendable (Place) throws -> () throws -> Void)
  /// Another program in this process' place, which serves, or does the work whenever it is told to, as a worker does: its
  /// path and its arguments.
  case isProgram(serves: Bool, @Sendable (Place) throws -> [String])
  /// Serves the others until it is killed.
  case serves(@Sendable (Place) throws -> () throws -> Void)
  /// Opens something that serves the others by itself, for as long as it is held.
  case holds(@concurrent @Sendable (Place) async throws -> any Sendable)

  /// Whether it takes no slices of its own.
  var isServer: Bool {
    switch self {
    case .serves, .holds, .isProgram(serves: true, _): true
    case .works, .worksAsync, .measures, .repeats, .isProgram: false
    }
  }
}

/// Where a contender's processes work.
struct Place: Sendable {
  /// A directory of their own, empty at first.
  let folder: String
}

/// Thrown by a contender that cannot take part on this machine.
struct Skipped: Error {
  let reason: String
}
