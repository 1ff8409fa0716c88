// Whether a journal grew, for those who would have to read to know.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Holds the newest segment open and remembers its size, so that one call tells whether it is worth to wake a reader.
///
/// It knows of no other segment until it is settled again: of a new one there is a notice.
final class TailProbe: Sendable {
  private final class Tail: Sendable {
    let file: OpenFile
    let number: SequenceNumber

    init(_ file: consuming OpenFile, _ number: SequenceNumber) {
      self.file = file
      self.number = number
    }
  }

  private struct State {
    var segments: SegmentReader?
    var tail: Tail?
    var size: Int64 = 0
  }

  private let state = Mutex(State())

  /// Looks which segment is the newest, and how long it is; before readers are told, so that they see at least as much.
  func settle(in journal: Directory) {
    state.withLock { state in
      if state.segments?.journal !== journal {
        state.segments = SegmentReader(journal, identifier: nil)
        state.tail = nil
      }
      do {
        guard let number = try state.segments?.list().max() else { return state.tail = nil }
        if state.tail?.number != number {
          state.tail = Tail(try journal.openRegularFile(ChannelLayout.segment(beginningAt: number)), number)
        }
        state.size = try state.tail?.file.facts().stamp.size ?? 0
      } catch {
        // Then there are the notices alone; readers meet the same and tell of it.
        state.tail = nil
      }
    }
  }

  /// Whether the segment is not as long any more as it was.
  func hasChanged() -> Bool {
    state.withLock { state in
      guard let size = try? state.tail?.file.facts().stamp.size, size != state.size else { return false }
      state.size = size
      return true
    }
  }

  /// Closes what it holds open.
  func letGo() {
    state.withLock { $0 = State() }
  }
}
