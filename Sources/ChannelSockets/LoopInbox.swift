// What other threads leave for a loop.

/// The part of a loop that all threads share, under its mutex.
struct LoopInbox {
  /// How far the loop has come.
  enum Phase {
    /// Nobody has called `run` yet.
    case fresh
    case running
    /// Its handles are closed for good. What still comes is run by a thread of the moment, when there is one.
    case over(hasThread: Bool)
  }

  var phase = Phase.fresh
  /// Whether somebody wants it to end.
  var isToStop = false
  var works = WorkQueue()
  /// Who waits for its end.
  var waiting: [CheckedContinuation<Void, Never>] = []

  /// What whoever leaves something has to do about it.
  enum Call {
    case nothing
    /// Wake the loop.
    case wake
    /// Start a thread that runs what is left.
    case startThread
  }

  /// Leaves something, and says how it comes to be run.
  mutating func append(_ work: LoopWork) -> Call {
    let isFirst = works.isEmpty
    works.append(work)
    switch phase {
    case .fresh, .running:
      // When others wait the loop was told already.
      return isFirst ? .wake : .nothing
    case .over(let hasThread):
      phase = .over(hasThread: true)
      return hasThread ? .nothing : .startThread
    }
  }

  var isOver: Bool {
    switch phase {
    case .fresh, .running: false
    case .over: true
    }
  }
}
