// Going on in the channel that took the place of the one before.

internal import ChannelModel
internal import LinuxIO
internal import Synchronization

extension ChannelCore {
  /// Looks whether the path leads to another channel than when the epoch was that, or to none.
  func wasReplaced(since epoch: UInt64) -> Bool {
    let (folder, isLost) = state.withLock { ($0.folder, $0.isLost) }
    // Another thread may have found it since the caller met an error.
    if let folder, folder.isStillThere() { return self.epoch != epoch }
    openAnewIfReplaced()
    return isLost || self.epoch != epoch
  }

  /// Whether the path leads elsewhere than when the channel was let go of. Only that opens it again: it would be in the
  /// place of another one, and what is missing would be made in a directory that somebody is about to remove.
  private func leadsElsewhere() -> Bool {
    let (folder, identity) = state.withLock { ($0.folder, $0.identity) }
    guard folder == nil, let identity else { return false }
    guard let directory = try? Directory.open(path, calls: options.calls),
      directory.factsAtOpening.stamp.isSameFile(as: identity.stamp)
    else { return true }
    guard let hidden = try? directory.subdirectory(ChannelLayout.hidden),
      let bytes = try? hidden.openRegularFile(ChannelLayout.Hidden.key, limit: 4_096).readAll(limit: 4_096),
      let key = try? ChannelKey(decoding: bytes)
    else { return false }
    return key != identity.key
  }

  /// Opens what took the place of a channel that was let go of.
  private func openSuccessor() {
    guard leadsElsewhere() else { return }
    do {
      _ = try folder(mayMake: mayMakeHere)
    } catch {
      // Anything else may pass, and is told by the next look.
      guard error.code == .noChannel else { return }
      state.withLock { if $0.folder == nil, $0.identity != nil { lose(&$0) } }
    }
  }

  /// A directory that was removed, moved or replaced: whoever reads goes on with what its path leads to now.
  func openAnewIfReplaced() {
    openSuccessor()
    if let folder = state.withLock({ $0.folder }), !leaveIfNotBare(folder), !folder.isStillThere() { forget(folder) }
    guard state.withLock({ $0.isLost && !($0.watched.isEmpty && $0.written.isEmpty) }) else { return }
    let mayMakeHere = mayMakeHere
    do {
      _ = try folder(mayMake: mayMakeHere)
      try arm(state.withLock { $0.watched })
      state.withLock { state in
        state.missingSince = nil
        state.isLost = false
        state.isBeingMade = false
      }
    } catch {
      // Readers are told by their next look, which opens the channel as well and fails as this did. A channel that
      // somebody is about to make again gets a moment for it.
      let now = Moment.now
      let since = state.withLock { state in
        state.missingSince = state.missingSince ?? now
        return state.missingSince ?? now
      }
      guard now.duration(since: since) < Self.patience else { return }
      if error.code == .noChannel, options.creates, !mayMakeHere { return makeElsewhere() }
      watcher.schedule(at: now.advanced(by: .milliseconds(20))) { [weak self] in self?.noticed(.directory) }
    }
  }

  /// To make a channel takes a disk's time, which the thread that notices changes has not.
  private var mayMakeHere: Bool { options.creates && !watcher.isDrivingThread }

  /// Has a removed channel made again by a thread that may wait. What keeps it from that is told by the next look.
  private func makeElsewhere() {
    let isFirst = state.withLock { state in
      defer { state.isBeingMade = true }
      return !state.isBeingMade
    }
    guard isFirst else { return }
    Task { [weak self] in
      let made = try? await HelperThreads.shared.run { [weak self] in try self?.folder() }
      guard let self else { return }
      state.withLock { $0.isBeingMade = false }
      let pause = made == nil ? Duration.milliseconds(20) : .zero
      watcher.schedule(at: Moment.now.advanced(by: pause)) { [weak self] in self?.noticed(.directory) }
    }
  }

  var isBeingMade: Bool { state.withLock { $0.isBeingMade } }

  /// How long readers wait for a removed channel to be made again, where they may not make it themselves.
  private static let patience = Duration.seconds(2)

  /// Whether a removed channel may still be made again by somebody.
  var isExpectedBack: Bool {
    state.withLock { $0.missingSince }.map { Moment.now.duration(since: $0) < Self.patience } ?? false
  }
}
