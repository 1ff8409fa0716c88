// Noticing what happens in a channel that nobody has open.

package import ChannelModel
internal import LinuxIO
internal import Synchronization

/// Watches a channel without opening it: no file of it stays open, and nothing of it is read.
///
/// For a program that has many channels, of which few are busy at a time.
package final class ChannelAttention: WatchedChannel {
  package enum Sight: Hashable, Sendable {
    /// Something was sent in this direction, or is in its window.
    case activity(Direction)
    /// It is to be looked at as a whole: events were lost, or it is the slow sweep's turn.
    case whole
    /// It is not there any more, or another one has its place.
    case gone
  }

  package let path: String
  private let watcher: Watcher
  private let told: @Sendable (Sight) -> Void
  private let state = Mutex(State())

  private struct State {
    var number: ChannelNumber?
    var identity: FileStamp?
    /// What has to stay open because nobody tells of it, so that it is looked at.
    var held: [Directory] = []
    /// Begins anywhere, so that not all look at once.
    var sweeps = Int.random(in: 0..<ChannelAttention.sweepsPerLook)
  }

  /// Watches the channel at a path, which is there. It tells on the thread that drives the watcher.
  package init(
    to path: String,
    by watcher: Watcher,
    told: @escaping @Sendable (Sight) -> Void
  ) throws(ChannelError) {
    self.path = path
    self.watcher = watcher
    self.told = told
    let number = try watcher.add(self)
    state.withLock { $0.number = number }
    do throws(ChannelError) {
      guard try arm(number) else { throw ChannelError(.noChannel, at: path, "there is no channel here") }
    } catch {
      end()
      throw error
    }
  }

  deinit {
    end()
  }

  /// Tells nothing more.
  package func end() {
    if let number = state.withLock({ $0.number.take() }) { watcher.remove(number) }
  }

  package func noticed(_ change: WatchChange) {
    switch change {
    case .journal(let direction), .segments(let direction), .window(let direction): told(.activity(direction))
    case .sweep where !isSweepDue(): break
    case .directory, .everything, .sweep:
      guard let number = state.withLock({ $0.number }) else { return }
      // What cannot be looked at now is looked at by the next sweep.
      told((try? arm(number)) == false ? .gone : .whole)
    case .perhaps, .windowOpened, .entries: break
    }
  }

  /// Of so many sweeps one looks, once an hour: it costs a dozen calls, and there may be ten thousand channels.
  private static let sweepsPerLook = 120

  private func isSweepDue() -> Bool {
    state.withLock { state in
      state.sweeps = (state.sweeps + 1) % Self.sweepsPerLook
      return state.sweeps == 0
    }
  }

  /// Watches what there is of it; false when it is not the channel any more that it was.
  private func arm(_ number: ChannelNumber) throws(ChannelError) -> Bool {
    let directory: Directory
    do throws(FileError) {
      directory = try Directory.open(path)
    } catch .system(let error) where error.isMissing {
      return false
    } catch .refused {
      return false
    } catch {
      throw ChannelError(error, at: path)
    }
    let stamp = directory.factsAtOpening.stamp
    let isSame = state.withLock { state in
      defer { if state.identity == nil { state.identity = stamp } }
      return state.identity.map { $0.isSameFile(as: stamp) } ?? true
    }
    guard isSame else { return false }
    let information = try ChannelError.calls(at: path) { () throws(SystemError) in
      try directory.facts(of: ChannelLayout.information)
    }
    guard information?.kind == .regular else { return false }
    try watcher.watch(number, channel: directory, for: .writes, by: .automatic)
    // Where only 1.0 programs have been there is none; when one of ours comes, the channel's directory tells.
    var watched = [directory]
    defer {
      let held = watcher.sight(of: number).polls ? watched : []
      state.withLock { $0.held = held }
    }
    guard let hidden = try? directory.subdirectory(ChannelLayout.hidden) else { return true }
    for direction in Direction.allCases {
      guard let folder = try? hidden.subdirectory(ChannelLayout.Hidden.folder(direction)),
        let journal = try? folder.subdirectory(ChannelLayout.Inside.journal)
      else { continue }
      try watcher.watch(number, journal: journal, of: direction, by: .automatic)
      watched.append(journal)
    }
    return true
  }
}
