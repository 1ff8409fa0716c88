// What makes an append survive a power loss.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization
internal import Glibc

extension Journal {
  /// Waits until a batch survives a power loss. One flush of the disk serves all who wait for it.
  ///
  /// A flush that failed is not tried again on the same file: the kernel would call it a success. Then the segment is
  /// left behind, and the batch appended once more to the next one, with the seqs that it has.
  ///
  /// Whatever it throws, the batch was appended and may have been read.
  package func flush(_ appended: Appended) throws(ChannelError) {
    var (segment, end) = (appended.segment, appended.end)
    // Each round is another segment, on a device that has failed once already.
    for _ in 0..<8 {
      let isFlushed = try segment.flush(through: end) { () throws(ChannelError) in try anchor(segment) }
      if isFlushed { return }
      (segment, end) = try appendAgain(appended, after: segment)
    }
    throw ChannelError(
      .system,
      at: segment.file.path,
      "flushing fails again and again: what was appended may not survive a power loss",
      hint: "the device failed: see the kernel's log"
    )
  }

  /// What has to be on the disk before the first flush in a segment counts: its name and the ways to it, and the segment
  /// before it.
  private func anchor(_ segment: SegmentFile) throws(ChannelError) {
    let (place, former) = state.withLock { state in
      state.keepsFormer = true
      return (state.place, state.newest?.segment === segment ? state.former : nil)
    }
    if let former {
      former.flushForNext()
    } else {
      try flushSegment(before: segment.header.first, in: place.journal)
    }
    try ChannelError.calls(at: place.journal.path) { () throws(SystemError) in
      for folder in [place.journal, place.folder, place.hidden, places.ground.directory] { try folder.sync() }
    }
    try flushParent()
  }

  /// Flushes a segment that others wrote, perhaps; those who wait for it hear of a failure by their own descriptors.
  private func flushSegment(before first: SequenceNumber, in journal: Directory) throws(ChannelError) {
    guard let before = try segments().filter({ $0 < first }).max() else { return }
    do {
      let file = try journal.openRegularFile(ChannelLayout.segment(beginningAt: before))
      try file.syncData()
    } catch {
      // What is wrong with it, or that retention took it away, is no matter of what is behind it.
    }
  }

  /// The channel's own name lies in the directory above.
  private func flushParent() throws(ChannelError) {
    let parent: Directory
    do {
      parent = try Directory.open(places.ground.path + "/..", calls: places.ground.options.calls)
    } catch .system(let error) where error.code == EACCES {
      // Who may not read it did not make the channel; who made it was able to.
      return
    } catch {
      throw ChannelError(error, at: places.ground.path)
    }
    try ChannelError.calls(at: places.ground.path) { () throws(SystemError) in try parent.sync() }
  }

  /// Appends a batch again behind a segment of which a flush failed.
  private func appendAgain(
    _ appended: Appended,
    after failed: SegmentFile
  ) throws(ChannelError) -> (segment: SegmentFile, end: Int) {
    try withState(until: Moment.now.advanced(by: .seconds(10))) { state throws(ChannelError) in
      try state.leaveSuspect()
      if let newest = state.newest {
        guard newest.tail.header.journal == failed.header.journal else {
          throw ChannelError(
            .notFlushed,
            at: failed.file.path,
            "could not be flushed, and the journal was replaced meanwhile: who had not read it yet never will",
            hint: "readers that were fast have it: send it again only if it may come twice"
          )
        }
        // The same file may be known here by another descriptor; and behind torn or broken bytes nothing is put.
        let isFailed = newest.tail.header == failed.header
        if isFailed || !newest.tail.isSound { try state.leaveNewest(isSuspect: isFailed) }
      }
      guard let newest = state.newest else { preconditionFailure("a settled journal has a newest segment") }
      let (step, tail) = newest.tail.planCopy(
        of: appended.drafts,
        from: appended.numbers.lowerBound,
        at: state.now.time,
        ids: state.now.ids
      )
      try state.write(step, leading: tail)
      guard let written = state.newest else { preconditionFailure("what was written lies in a segment") }
      return (written.segment, written.tail.end)
    }
  }
}
