// A reader that keeps nothing.

package import ChannelMessages
package import ChannelModel
internal import Glibc
internal import LinuxIO
internal import Synchronization

/// Reads a direction without acknowledging. Its place is in memory; a flocked file shows that somebody reads here, so
/// that segments are kept for it up to the journal's limit. Beyond it a gap is told, and no sender waits.
package final class UnnamedReader: Sendable {
  private struct State {
    var stream: RecordStream
    var generation: UInt64
    /// So many bytes were passed since its place was written.
    var unwritten = 0
    var isClosed = false
  }

  private let seat: ReaderSeat
  private let folder: DirectionFolder
  private let isWanted: (@Sendable (Message) -> Bool)?
  private let state: Mutex<State>

  /// Registers it, waiting for the journal's lock on the calling thread; `isWanted` says which messages it is given.
  package static func open(
    in folder: DirectionFolder,
    start: ReaderRegistry.Start = .new,
    until deadline: Moment? = nil,
    isWanted: (@Sendable (Message) -> Bool)? = nil
  ) throws(ChannelError) -> UnnamedReader {
    let registry = ReaderRegistry(folder)
    // Made up, so that it is free; nobody waits for who has it if not.
    for _ in 0..<8 {
      let digits = String(UInt64.random(in: .min ... .max), radix: 16)
      let name = "_" + String(repeating: "0", count: 16 - digits.count) + digits
      let taken = try registry.make(name, .unnamed, from: start, isHeld: true, until: deadline)
      if let taken, let slot = taken.slot {
        return UnnamedReader(taken.seat, slot, in: folder, isWanted)
      }
    }
    throw ChannelError(.readerBusy, at: folder.readers.path, "every name that was made up is taken")
  }

  private init(
    _ seat: ReaderSeat,
    _ slot: ReaderFile.Slot,
    in folder: DirectionFolder,
    _ isWanted: (@Sendable (Message) -> Bool)?
  ) {
    self.seat = seat
    self.folder = folder
    self.isWanted = isWanted
    let stream = RecordStream(folder, of: slot.journal, after: slot.cursor.through)
    state = Mutex(State(stream: stream, generation: slot.generation))
  }

  // Let go of without being closed its flock is free, and whoever lists the readers next removes its file.

  /// The next message; nil when nothing is new.
  package func tryNext() throws(ChannelError) -> Delivered? { try tryNext(.thorough) }

  /// The next message, as far as a look of that depth sees it.
  func tryNext(_ depth: LookDepth) throws(ChannelError) -> Delivered? {
    try state.withLock { state throws(ChannelError) in
      guard !state.isClosed else { throw ChannelError(.closed, at: seat.path, "the reader was closed") }
      while let record = try state.stream.peek(depth) {
        let message = record.kind.carriesMessage ? state.stream.message() : nil
        state.stream.advance()
        state.unwritten += record.content.count
        if state.unwritten >= folder.options.segmentLimit { showPlace(&state, record.sequenceNumber) }
        guard let message, isWanted?(message) ?? true else { continue }
        return Delivered(
          message: message,
          kind: record.kind,
          time: record.time,
          ticket: Delivered.Ticket(number: record.sequenceNumber, epoch: state.stream.epoch),
          gaps: state.stream.takeGaps(),
          isRedelivered: false
        )
      }
      return nil
    }
  }

  /// The gaps that were met and that no message came behind yet; who takes them is the one to tell of them.
  package func takeGaps() -> [GapNotice] {
    state.withLock { $0.stream.takeGaps() }
  }

  /// Writes where it is, once for about each segment that it leaves.
  private func showPlace(_ state: inout State, _ number: SequenceNumber) {
    let slot = ReaderFile.Slot(
      generation: state.generation + 1,
      journal: state.stream.journal,
      cursor: Cursor(through: number),
      written: folder.options.clock()
    )
    state.unwritten = 0
    // It costs nobody a message when this fails: an older place holds more segments, up to the limit.
    guard (try? seat.write(slot)) != nil else { return }
    state.generation += 1
  }

  /// Takes its file away; does not wait.
  package func close() throws(ChannelError) {
    let isFirst = state.withLock { state in
      defer { state.isClosed = true }
      return !state.isClosed
    }
    guard isFirst else { return }
    defer { seat.unlock() }
    do throws(ChannelError) {
      try ReaderRegistry(folder).remove(seat.name, until: .now.advanced(by: .milliseconds(1)))
    } catch  where error.code == .lockTimeout {
      // Whoever lists the readers next finds its flock free, and takes it away.
    }
  }
}
