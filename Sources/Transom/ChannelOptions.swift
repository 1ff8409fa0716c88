// What can be asked of a channel when it is opened.

/// How a channel is opened; the defaults are what most programs want.
public struct ChannelOptions: Sendable, Hashable {
  /// How much a message has survived when `send` returns.
  public enum Durability: Sendable, Hashable {
    /// The crash of any process, this one included. After a power loss the newest messages may be missing.
    case process
    /// A power loss as well: each send waits for the disk, and all that wait at one time share one flush.
    case power
    /// As ``power``, and the window that 1.0 programs read survives as well, as of the moment when `send` returns.
    case powerWindow
  }

  /// When 1.0 programs see what is sent.
  public enum Visibility: Sendable, Hashable {
    /// When `send` returns.
    case atOnce
    /// So much later at most: many sends then share one writing of the window. To close the channel shows what is
    /// still owed.
    case within(Duration)
  }

  /// What happens when there is no channel at the path.
  public enum Creation: Sendable, Hashable {
    /// It is made, readable by this user alone.
    case ifMissing
    /// Opening fails with ``ChannelError/Code/noChannel``.
    case never
  }

  /// What this program does in the channel.
  public enum Access: Sendable, Hashable {
    /// Whatever it may: where it may not write, it is a monitor; see ``Channel/isMonitor``.
    case asPermitted
    /// It only looks on, as a monitor, and changes nothing, though it might. There must be a channel.
    case monitor
  }

  /// How much of what was sent is kept.
  public enum Retention: Sendable, Hashable {
    /// Everything that a durable reader has not read, up to so many bytes; then `send` waits for the reader that lags,
    /// and fails with ``ChannelError/Code/backlogFull``. Nothing is dropped.
    case unread(upTo: Int)
    /// The newest, so much at most in each respect that is given; the oldest is dropped, read or not. Readers are told
    /// what they missed.
    case newest(bytes: Int? = nil, messages: Int? = nil, age: Duration? = nil)

    /// All that is unread, up to 1 GiB.
    public static let standard = Retention.unread(upTo: 1 << 30)
  }

  /// How changes are noticed.
  public enum Watching: Sendable, Hashable {
    /// By inotify, and by polling where inotify cannot see (network file systems) or is not to be had.
    case automatic
    /// By polling, whatever the file system.
    case polling
  }

  /// How much a message has survived when `send` returns.
  public var durability: Durability
  /// When 1.0 programs see what is sent. Answers they see at once.
  public var visibility: Visibility
  /// What happens when there is no channel at the path; the first to open a channel in a process decides for that process.
  public var creation: Creation
  /// What this program does in the channel.
  public var access: Access
  /// How much of what was sent is kept; the first to open a channel in a process decides for that process.
  public var retention: Retention
  /// How changes are noticed; the first to open a channel in a process decides for that process.
  public var watching: Watching
  /// How long a send waits for a lock that somebody holds, or for room in the journal.
  public var sendTimeout: Duration

  /// Options made of their parts.
  ///
  /// - Parameters:
  ///   - durability: How much a message has survived when `send` returns.
  ///   - visibility: When 1.0 programs see what is sent.
  ///   - creation: What happens when there is no channel at the path.
  ///   - access: What this program does in the channel.
  ///   - retention: How much of what was sent is kept.
  ///   - watching: How changes are noticed.
  ///   - sendTimeout: How long a send waits for a lock, or for room in the journal.
  public init(
    durability: Durability = .process,
    visibility: Visibility = .atOnce,
    creation: Creation = .ifMissing,
    access: Access = .asPermitted,
    retention: Retention = .standard,
    watching: Watching = .automatic,
    sendTimeout: Duration = .seconds(6)
  ) {
    self.durability = durability
    self.visibility = visibility
    self.creation = creation
    self.access = access
    self.retention = retention
    self.watching = watching
    self.sendTimeout = sendTimeout
  }
}
