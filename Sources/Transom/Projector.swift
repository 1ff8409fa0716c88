// Showing 1.0 programs what was sent.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Brings a direction's window up to date, for all threads and tasks of the process.
///
/// Whoever projects takes along what others appended meanwhile, so that of many who wait for one another most find it
/// done. Threads wait here by themselves. Tasks do not: one helper thread, whatever their number, waits for all of them.
final class Projector: Sendable {
  private let folder: DirectionFolder
  private let state: Mutex<ProjectorState>
  private let parked = Mutex(Parked())

  /// Tasks that wait for the helper.
  private struct Parked {
    var waiters: [Waiter] = []
    var isHelperAtWork = false
  }

  private struct Waiter: Sendable {
    let number: SequenceNumber
    let deadline: Moment
    let continuation: CheckedContinuation<Void, any Error>
  }

  init(_ folder: DirectionFolder, _ importer: Importer, _ projected: ProjectedFile, _ peers: PeersSeen) {
    self.folder = folder
    state = Mutex(ProjectorState(folder, importer, projected, peers))
  }

  // MARK: Showing

  /// Returns when a window that held the message was published, or newer ones had pushed it out of one; waits on the
  /// calling thread.
  ///
  /// `appended` is the message, where it was appended just now: then it need not be read.
  ///
  /// - Throws: ``ChannelError/Code/notProjected``.
  func show(
    through number: SequenceNumber,
    _ appended: Journal.Appended? = nil,
    until deadline: Moment
  ) throws(ChannelError) {
    do throws(ChannelError) {
      if let appended { state.withLock { $0.recent?.take(appended) } }
      try carryOut(.showing(number), until: deadline)
    } catch {
      throw .notProjected(number, error)
    }
  }

  /// The same if it takes no waiting; false when it does.
  func showAtOnce(through number: SequenceNumber, _ appended: Journal.Appended? = nil) throws(ChannelError) -> Bool {
    do throws(ProjectorState.Interruption) {
      // Somebody at work takes it along, or not: either way he has to be waited for.
      return try state.withLockIfAvailable { (state) throws(ProjectorState.Interruption) in
        if let appended { state.recent?.take(appended) }
        return try state.carryOut(.showing(number), until: nil)
      } != nil
    } catch {
      switch error {
      case .busy, .pause, .replaced: return false
      case .failed(let error): throw .notProjected(number, error)
      }
    }
  }

  /// The same for tasks.
  func show(
    through number: SequenceNumber,
    _ appended: Journal.Appended? = nil,
    until deadline: Moment
  ) async throws {
    if try showAtOnce(through: number, appended) { return }
    try await withCheckedThrowingContinuation { continuation in
      let waiter = Waiter(number: number, deadline: deadline, continuation: continuation)
      let isFirst = parked.withLock { parked in
        parked.waiters.append(waiter)
        defer { parked.isHelperAtWork = true }
        return !parked.isHelperAtWork
      }
      if isFirst { callHelper() }
    }
  }

  private func callHelper() {
    HelperThreads.shared.perform { [self] in
      serveParked()
    } orElse: { [self] error in
      let waiters = parked.withLock { parked in
        defer { parked = Parked() }
        return parked.waiters
      }
      let failure = ChannelError(error, at: "/proc/self/task")
      for waiter in waiters { waiter.continuation.resume(throwing: ChannelError.notProjected(waiter.number, failure)) }
    }
  }

  private func serveParked() {
    while let waiters = takeParked(), let soonest = waiters.map(\.deadline).min() {
      let highest = waiters.reduce(SequenceNumber.none) { max($0, $1.number) }
      do throws(ChannelError) {
        try carryOut(.showing(highest), until: soonest)
        for waiter in waiters { waiter.continuation.resume() }
      } catch {
        let now = Moment.now
        // Those that still have time wait on, unless it is nothing that time mends.
        let isOver = error.code != .lockTimeout && error.code != .timedOut
        let ended = waiters.filter { isOver || $0.deadline <= now }
        let others = waiters.filter { !isOver && $0.deadline > now }
        parked.withLock { $0.waiters.insert(contentsOf: others, at: 0) }
        for waiter in ended { waiter.continuation.resume(throwing: ChannelError.notProjected(waiter.number, error)) }
      }
    }
  }

  private func takeParked() -> [Waiter]? {
    parked.withLock { parked in
      if parked.waiters.isEmpty {
        parked.isHelperAtWork = false
        return nil
      }
      defer { parked.waiters = [] }
      return parked.waiters
    }
  }

  // MARK: Other deeds

  /// Hides all that is in the journal by now from 1.0 programs; waits on the calling thread.
  func clear(until deadline: Moment) throws(ChannelError) {
    try carryOut(.clearing, until: deadline)
  }

  /// Projects what is owed, if anything is; false when that takes waiting.
  func tend() throws(ChannelError) -> Bool {
    do throws(ProjectorState.Interruption) {
      return try state.withLockIfAvailable { (state) throws(ProjectorState.Interruption) in try state.tend() } != nil
    } catch {
      switch error {
      case .busy, .pause, .replaced: return false
      case .failed(let error): throw error
      }
    }
  }

  /// Returns when nobody is at it.
  func comeToRest() {
    state.withLock { _ in }
  }

  /// Waits until what the window shows now survives a power loss.
  func flush() throws(ChannelError) {
    let channel = folder.ground.directory
    let name = ChannelLayout.window(folder.direction)
    try ChannelError.files(at: channel.path(of: name)) { () throws(FileError) in
      let file = try channel.openRegularFile(name)
      try asFileError { () throws(SystemError) in
        try file.sync()
        try channel.sync()
      }
    }
  }

  private func carryOut(_ task: ProjectorState.Task, until deadline: Moment) throws(ChannelError) {
    while true {
      let pause: Duration
      do throws(ProjectorState.Interruption) {
        _ = try state.withLock { (state) throws(ProjectorState.Interruption) in
          try state.carryOut(task, until: deadline)
        }
        return
      } catch {
        switch error {
        case .failed(let error): throw error
        case .busy, .replaced: pause = .milliseconds(1)
        case .pause(let wanted): pause = wanted
        }
      }
      let now = Moment.now
      guard now < deadline else {
        throw ChannelError(.timedOut, at: folder.path, "the window could not be written within the time allowed")
      }
      KernelClock.pause(min(pause, deadline.duration(since: now)))
    }
  }
}
