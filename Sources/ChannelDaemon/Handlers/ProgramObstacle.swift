// Why there is no program to be started.

/// What stands in the way of a program, and what to do about it.
struct ProgramObstacle: Hashable, Sendable {
  let what: String
  let hint: String
}
