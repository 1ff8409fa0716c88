// How the daemon is.

package import ChannelModel

/// What `transom status`, metrics and health are made from.
package struct DaemonStatus: Sendable, Hashable {
  package enum Phase: String, Sendable, Hashable, CaseIterable {
    case starting
    case serving
    case ending
  }

  /// One directory below which channels are looked for.
  package struct Root: Sendable, Hashable {
    package let path: String
    /// Why it, or a part of it, cannot be looked at.
    package let trouble: String?

    package init(_ path: String, trouble: String? = nil) {
      self.path = path
      self.trouble = trouble
    }
  }

  /// Where the configuration comes from, and how the last reload went.
  package struct Configuration: Sendable, Hashable {
    package var files: [String] = []
    package var loaded: WallTime
    package var reloadCount: UInt64 = 0
    package var failedReloadCount: UInt64 = 0
    /// What was wrong with the files at the last reload; the configuration of before holds.
    package var problem: String?

    package init(files: [String], loaded: WallTime) {
      self.files = files
      self.loaded = loaded
    }
  }

  /// Channels by what the daemon has to do with them at the moment.
  package struct Channels: Sendable, Hashable {
    package var known = 0
    /// Those that it has open, since something happens or has just happened in them.
    package var open = 0
    /// Those that it cannot open.
    package var troubled = 0

    package init() {}
  }

  package let version: String
  package let process: Int32
  /// When it was started, and when this was asked.
  package let began: WallTime
  package let asked: WallTime
  package var phase: Phase
  package var configuration: Configuration
  package var roots: [Root] = []
  package var channels = Channels()
  package var handlers: [HandlerStatus] = []
  /// Bridges, and then doors.
  package var bridges: [BridgeStatus] = []
  package var letterCount = 0
  /// Lines of the log that nobody read in time.
  package var lostLogLineCount: UInt64 = 0
  package var residentBytes = 0
  /// The processor's time that it has used.
  package var processorTime = Duration.zero
  package var descriptorCount = 0

  package init(
    version: String,
    process: Int32,
    began: WallTime,
    asked: WallTime,
    phase: Phase,
    configuration: Configuration
  ) {
    self.version = version
    self.process = process
    self.began = began
    self.asked = asked
    self.phase = phase
    self.configuration = configuration
  }
}
