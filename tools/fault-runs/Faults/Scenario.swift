// What a round does, drawn from the seed.

internal import ChannelMessages
internal import TestSupport

/// The programs of a round, and what happens to them.
struct Scenario {
  /// One program, as it is started again whenever it was killed.
  struct Program {
    enum Role: String {
      case write, read, request, respond, intrude
      case peerWrite, peerRead, plainWrite
      case bridge, talk
    }

    let name: String
    let role: Role
    let side: Side
    var options: [String] = []
    /// Of each of its incarnations; those that come after have none.
    var breakpoints: [Breakpoint] = []
    var intrusion: Intrusion?

    /// Whether it is a program of ours.
    var isOurs: Bool { role == .write || role == .read || role == .request || role == .respond }
    var writesForeign: Bool { role == .peerWrite || role == .plainWrite }
    /// Whether it goes on until the last message was read.
    var readsToTheEnd: Bool { role == .read || role == .respond || role == .peerRead || role == .talk }
    /// Whether it goes on until nobody needs it.
    var servesToTheEnd: Bool { role == .bridge }
  }

  /// What is looked at.
  enum Kind: String {
    case channel, bridge
  }

  /// What is done to a program.
  enum Deed: Hashable {
    case kill
    case stop(milliseconds: Int)
  }

  struct Act {
    /// In milliseconds since the round's beginning.
    let time: Int
    let program: Int
    let deed: Deed
  }

  let seed: UInt64
  let round: Int
  /// For how long they are at work.
  var milliseconds = 0
  var programs: [Program] = []
  /// Nil where there is no bridge.
  var place: FarPlace?
  /// By their times.
  var acts: [Act] = []

  var kind: Kind { place == nil ? .channel : .bridge }
  var ground: ScratchDirectory.Ground { round.isMultiple(of: 2) ? .memory : .disk }
  var intrusions: [Intrusion] { programs.compactMap(\.intrusion) }

  /// Whether a 1.0 program may find a window unreadable that it is just reading.
  var cuts: Bool { tears || intrusions.contains(where: \.cuts) }

  /// Whether the window may be unreadable at times: 1.0 programs that hold one lock write one temporary file.
  var tears: Bool {
    let haveTwoWriters = Side.allCases.contains { side in
      programs.count { $0.writesForeign && $0.side == side } > 1 && losesForeign(of: side)
    }
    return intrusions.contains(where: \.tears) || haveTwoWriters
  }

  /// Whether a window may hold messages that nobody sent: of two who write one file in place, each in pieces, the one's
  /// beginning may go with the other's end.
  func damages(_ side: Side) -> Bool {
    let tearing = programs.filter { $0.side == side && $0.intrusion == .torn }
    return intrusions.contains(.damage) || tearing.count > 1
  }

  /// Whether messages of 1.0 programs of that side may vanish before any program of ours could see them: because somebody
  /// breaks the rules, or because two of them may take one lock, which 1.0 does not exclude when a holder was killed or
  /// stopped.
  func losesForeign(of side: Side) -> Bool {
    if programs.contains(where: { $0.side == side && $0.intrusion?.losesForeign == true }) { return true }
    let writers = programs.indices.filter { programs[$0].writesForeign && programs[$0].side == side }
    return writers.count > 1 && (!acts.isEmpty || programs.contains { !$0.breakpoints.isEmpty })
  }

  /// One line for each program and each act.
  var lines: [String] {
    let cast = programs.map { program in
      let breaks = program.breakpoints.map { " break=\($0.word)" }.joined()
      let options = program.options.map { " \($0)" }.joined()
      return "\(program.name): \(program.role.rawValue) as \(program.side.rawValue)\(options)\(breaks)"
    }
    return ["\(milliseconds) ms on \(ground == .memory ? "memory" : "disk")"] + (place.map { [$0.words] } ?? []) + cast
      + acts.map { "at \($0.time) ms: \($0.deed) \(programs[$0.program].name)" }
  }
}
