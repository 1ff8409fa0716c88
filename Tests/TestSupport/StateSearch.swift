// Looking at every state that a small world can reach.

/// A small world: its next states, and what must never be.
package protocol SearchableWorld: Hashable {
  /// Every step that anybody can take, with its name.
  func steps() -> [(name: String, world: Self)]
  /// What is wrong in this state; `isAtRest` when nobody can go on by himself.
  func faults(isAtRest: Bool) -> Set<String>
  /// Steps that are not the world's own going-on: crashes, thefts and the like.
  static func isMishap(_ step: String) -> Bool
}

/// A breadth-first search; so each trace is a shortest one.
package struct StateSearch<World: SearchableWorld> {
  package private(set) var stateCount = 0
  /// Whether every state was looked at, rather than only so many as allowed.
  package private(set) var isComplete = false
  /// Each kind of fault, with the steps that lead to it.
  package private(set) var faults: [String: [String]] = [:]

  /// Searches from `start`, through at most `limit` states, and stops at the first fault if asked to.
  package init(from start: World, limit: Int, stopsAtFault: Bool = false) {
    var worlds = [start]
    var origins: [(parent: Int, step: String)] = [(-1, "")]
    var known = [start: 0]
    var next = 0
    while next < worlds.count, next < limit {
      let world = worlds[next]
      let steps = world.steps()
      for fault in world.faults(isAtRest: steps.allSatisfy { World.isMishap($0.name) }) where faults[fault] == nil {
        var trace: [String] = []
        var place = next
        while origins[place].parent >= 0 {
          trace.append(origins[place].step)
          place = origins[place].parent
        }
        faults[fault] = trace.reversed()
      }
      if stopsAtFault, !faults.isEmpty { break }
      for step in steps where known[step.world] == nil {
        known[step.world] = worlds.count
        worlds.append(step.world)
        origins.append((next, step.name))
      }
      next += 1
    }
    stateCount = next
    isComplete = next == worlds.count
  }

  /// The traces, for a test that failed.
  package var report: String {
    let heading = "\(stateCount) states\(isComplete ? ", all" : "")"
    let kinds = faults.sorted { $0.key < $1.key }.map { "\($0.key):\n    " + $0.value.joined(separator: "\n    ") }
    return ([heading] + kinds).joined(separator: "\n  ")
  }
}
