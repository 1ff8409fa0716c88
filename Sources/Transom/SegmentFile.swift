// A journal's segment in hand, and what of it is on the disk.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

/// An open segment that this process appends to, or waits for a flush of.
final class SegmentFile: Sendable {
  let file: OpenFile
  let header: SegmentHeader
  /// The offset behind what this process has appended.
  let writtenEnd = Atomic<Int>(0)
  /// A flush failed: nothing more is appended here, and nothing here is ever flushed again.
  let isSuspect = Atomic(false)
  let flushed = Mutex(Flushed())

  /// How far this process knows it to be on the disk.
  struct Flushed: Sendable {
    var end = 0
    /// Whether its name, and the segment before it, were flushed before the first flush of this one counted.
    var isAnchored = false
  }

  init(_ file: consuming OpenFile, header: SegmentHeader) {
    self.file = file
    self.header = header
  }

  /// Flushes the contents unless it was done since `end` was written; false when that failed, now or before.
  ///
  /// All who wait here are served by the flush of the next one: it covers what was written before it began.
  func flush(through end: Int, anchoring anchor: () throws(ChannelError) -> Void) throws(ChannelError) -> Bool {
    try flushed.withLock { flushed throws(ChannelError) in
      guard flushed.end < end else { return true }
      guard !isSuspect.load(ordering: .acquiring) else { return false }
      if !flushed.isAnchored {
        try anchor()
        flushed.isAnchored = true
      }
      let covered = writtenEnd.load(ordering: .acquiring)
      do {
        try file.syncData()
      } catch {
        // The kernel calls the pages clean from now on: a second call would report success.
        isSuspect.store(true, ordering: .releasing)
        return false
      }
      flushed.end = max(covered, end)
      return true
    }
  }

  /// Flushes the contents once, for the sake of the segment behind it; whether it worked is known to those who wait here.
  func flushForNext() {
    flushed.withLock { _ in
      guard !isSuspect.load(ordering: .acquiring) else { return }
      do {
        try file.syncData()
      } catch {
        isSuspect.store(true, ordering: .releasing)
      }
    }
  }
}
