// The closed table of what can go wrong.

internal import Glibc
internal import LinuxIO

extension ChannelError {
  /// What kind of thing went wrong.
  ///
  /// A struct and no enum, so that a kind can be added without breaking programs that switch on it.
  public struct Code: Sendable, Hashable, CaseIterable, CustomStringConvertible {
    private let row: Row

    /// The name, as ``allCases`` has it: `timed-out`.
    public var description: String { row.rawValue }
    /// The status with which the command line ends for this kind.
    public var exitStatus: Int32 { row.meaning.status }
    /// What to do about it, where the error itself knows nothing better.
    public var hint: String { row.meaning.hint }

    /// The other side answered a request with an error.
    public static let answeredWithError = Code(row: .answeredWithError)
    /// Somebody asked for something that cannot be: a name, an argument, a combination of options.
    public static let misuse = Code(row: .misuse)
    /// The value cannot be written as JSON, or the JSON cannot be read as the type asked for.
    public static let notCodable = Code(row: .notCodable)
    /// A 1.0 program could never read its channel again after this message, so it was not sent.
    public static let wouldPoisonPeer = Code(row: .wouldPoisonPeer)
    /// A message or a batch is longer than a channel carries.
    public static let tooLarge = Code(row: .tooLarge)
    /// Nobody answered in the time allowed; a send's outcome is not touched by this.
    public static let timedOut = Code(row: .timedOut)
    /// There is no channel at this path.
    public static let noChannel = Code(row: .noChannel)
    /// No reader or group is registered under this name.
    public static let noReader = Code(row: .noReader)
    /// The channel was closed, by this program or by the end of its directory.
    public static let closed = Code(row: .closed)
    /// Somebody holds a lock that was waited for; what needs it was not done.
    public static let lockTimeout = Code(row: .lockTimeout)
    /// Another program reads under this name.
    public static let readerBusy = Code(row: .readerBusy)
    /// Files of the channel are damaged.
    public static let damaged = Code(row: .damaged)
    /// A window is no array of messages, or holds what is none; its bytes are kept, and the rest is taken in.
    public static let malformedWindow = Code(row: .malformedWindow)
    /// Messages are missing before the next one.
    public static let missingMessages = Code(row: .missingMessages)
    /// A file was written by a newer version of Transom.
    public static let newerFormat = Code(row: .newerFormat)
    /// The system or the channel's rules do not allow it.
    public static let refused = Code(row: .refused)
    /// The system failed at it: a full disk, too many open files, a broken device.
    public static let system = Code(row: .system)
    /// The journal is full of what a reader has not read; nothing was sent.
    public static let backlogFull = Code(row: .backlogFull)
    /// Accepted, and not yet visible to 1.0 programs: do not send it again.
    public static let notProjected = Code(row: .notProjected)
    /// Accepted, and readers may have it, but it may not survive a power loss, as ``ChannelOptions/Durability/power`` asks:
    /// do not send it again.
    public static let notFlushed = Code(row: .notFlushed)

    /// Every kind there is.
    public static var allCases: [Code] { Row.allCases.map(Code.init) }
  }
}

extension ChannelError.Code {
  private enum Row: String, CaseIterable {
    case answeredWithError = "answered-with-error"
    case misuse
    case notCodable = "not-codable"
    case wouldPoisonPeer = "would-poison-peer"
    case tooLarge = "too-large"
    case timedOut = "timed-out"
    case noChannel = "no-channel"
    case noReader = "no-reader"
    case closed
    case lockTimeout = "lock-timeout"
    case readerBusy = "reader-busy"
    case damaged
    case malformedWindow = "malformed-window"
    case missingMessages = "missing-messages"
    case newerFormat = "newer-format"
    case refused
    case system
    case backlogFull = "backlog-full"
    case notProjected = "not-projected"
    case notFlushed = "not-flushed"

    var meaning: (status: Int32, hint: String) {
      switch self {
      case .answeredWithError: (1, "the text is the other side's; see its log")
      case .misuse: (2, "see the documentation of the call")
      case .notCodable: (2, "compare the type with the JSON")
      case .wouldPoisonPeer: (2, "change the payload, or send it as a string")
      case .tooLarge: (2, "send a path to a file instead")
      case .timedOut: (3, "is the other side running, and does it handle this method?")
      case .noChannel: (4, "make one with `transom init`, or look at the path")
      case .noReader: (4, "see `transom reader list`")
      case .closed: (4, "open the channel again")
      case .lockTimeout: (5, "try again, or end the holder")
      case .readerBusy: (5, "end the other program, use another name, or share by a group")
      case .damaged: (6, "see `transom inspect`")
      case .malformedWindow: (6, "see to the program that writes it; its bytes are kept in quarantine")
      case .missingMessages: (6, "what is lost is named; reading can go on")
      case .newerFormat: (6, "use a newer Transom")
      case .refused: (7, "look at the rights and the owner of the directory")
      case .system: (7, "the system's own words say what it lacks")
      case .backlogFull: (8, "start the reader that lags, or drop it with `transom reader drop`")
      case .notProjected: (9, "do not send it again: the next to project shows it")
      case .notFlushed: (9, "do not send it again: readers have it; see to the disk")
      }
    }
  }

  init(_ error: SystemError) {
    switch error.code {
    case EACCES, EPERM, EROFS: self = .refused
    default: self = .system
    }
  }

  static func hint(for error: SystemError) -> String {
    switch error.code {
    case EACCES, EPERM: "give this user the right to it"
    case EROFS: "the file system is mounted read-only: remount it, or use another directory"
    case ENOSPC, EDQUOT: "make room on the file system"
    case EMFILE: "raise the limit of open files (ulimit -n), or close some"
    case ENFILE: "the whole system is out of files: close some"
    case ENOENT: "it was removed meanwhile, or the path is wrong"
    case EIO: "the device failed: see the kernel's log"
    case ENAMETOOLONG: "use a shorter path"
    default: ""
    }
  }
}
