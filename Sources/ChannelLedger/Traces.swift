// The ways of messages, for `transom trace`.

package import ChannelModel
package import Transom

/// Keeps the steps of messages: the newest wait in memory, the others are in the database, and the oldest go.
///
/// To be used from one thread at a time, or from within one actor; it is not sendable. A step costs next to nothing
/// where it is noted; those that wait when the process is killed are lost, and a database that takes none loses the
/// oldest.
package final class Traces {
  private struct Waiting {
    let id: String
    let step: TraceStep
  }

  private let database: Database
  private let options: LedgerOptions
  private let told: (LedgerNotice) -> Void
  private let insert: Connection.Statement
  private let select: Connection.Statement
  private let delete: Connection.Statement

  /// Those that wait: a ring, of which the oldest stands at `oldest` once it is full.
  private var ring: [Waiting] = []
  private var oldest = 0
  /// Since a write found that none were lost.
  private var lostCount = 0
  private var lostCountBefore = 0
  private var toldLostCount = 0

  /// From so many that wait on it is worth a commit.
  static let batch = 512

  init(
    _ database: Database,
    _ options: LedgerOptions,
    told: @escaping (LedgerNotice) -> Void
  ) throws(ChannelError) {
    self.database = database
    self.options = options
    self.told = told
    insert = try database.statement("INSERT INTO steps(id, kind, time, channel, detail) VALUES(?1, ?2, ?3, ?4, ?5)")
    // By going through them all: an index would cost more with each step than this does with each question.
    select = try database.statement("SELECT kind, time, channel, detail FROM steps WHERE id = ?1 ORDER BY number")
    delete = try database.statement(
      "DELETE FROM steps WHERE number <= (SELECT max(number) FROM steps) - ?1"
    )
  }

  /// Notes a step of the message with this id.
  package func note(_ step: TraceStep, of id: String) {
    let waiting = Waiting(id: id, step: step)
    if ring.count < max(1, options.waitingStepLimit) {
      ring.append(waiting)
    } else {
      ring[oldest] = waiting
      oldest = (oldest + 1) % ring.count
      lostCount += 1
    }
  }

  /// How many wait to be written.
  package var waitingCount: Int { ring.count }

  private var inOrder: [Waiting] { Array(ring[oldest...] + ring[..<oldest]) }

  /// Writes those that wait, and lets go of the oldest beyond the limit. When it throws they wait on.
  package func write() throws(ChannelError) {
    guard !ring.isEmpty else { return }
    try database.transaction { () throws(ChannelError) in
      for waiting in inOrder {
        insert.bind(1, bytesOf: waiting.id)
        insert.bind(2, Int(waiting.step.kind.rawValue))
        insert.bind(3, waiting.step.time.nanoseconds)
        insert.bind(4, waiting.step.channel)
        insert.bind(5, waiting.step.detail)
        try insert.run()
      }
      delete.bind(1, options.stepLimit)
      try delete.run()
    }
    ring.removeAll(keepingCapacity: true)
    oldest = 0
    tellLosses()
  }

  /// Under load some are lost with each write: it is said at first, and when they have become twice as many.
  private func tellLosses() {
    if lostCount == lostCountBefore {
      (lostCount, toldLostCount) = (0, 0)
    } else if lostCount >= 2 * toldLostCount {
      told(.stepsLost(lostCount))
      toldLostCount = lostCount
    }
    lostCountBefore = lostCount
  }

  /// The steps of a message, in the order in which they were noted.
  package func steps(of id: String) throws(ChannelError) -> [TraceStep] {
    select.bind(1, bytesOf: id)
    defer { select.reset() }
    var steps: [TraceStep] = []
    while try select.next() {
      // One that a hand has put there is left out.
      guard let kind = TraceStep.Kind(rawValue: UInt8(truncatingIfNeeded: select.integer(0))) else { continue }
      let time = WallTime(nanoseconds: select.bits(1))
      steps.append(TraceStep(kind, at: time, channel: select.text(2), detail: select.text(3)))
    }
    return steps + inOrder.filter { Array($0.id.utf8) == Array(id.utf8) }.map(\.step)
  }
}

@available(*, unavailable)
extension Traces: Sendable {}
