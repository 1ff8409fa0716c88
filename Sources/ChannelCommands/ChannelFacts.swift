// What `doctor` knows of a channel before it judges.

/// What was found in a channel's directory and beside it: plain values, so that what is made of them needs no files.
package struct ChannelFacts: Hashable, Sendable {
  /// Who changes files unseen by inotify.
  package enum Sight: Hashable, Sendable {
    case everyWriter, onlyLocalWriters, unsure
  }

  /// Something in the channel, by its name below it; the channel itself has none.
  package struct File: Hashable, Sendable {
    package var name: String
    package var isDirectory: Bool
    package var owner: UInt32
    package var group: UInt32
    package var permissions: UInt32
    package var age: FileAge
    /// Whether it belongs to somebody whose files are not touched.
    package var isStrangers: Bool

    package init(
      name: String,
      isDirectory: Bool = false,
      owner: UInt32 = 0,
      group: UInt32 = 0,
      permissions: UInt32 = 0o600,
      age: FileAge = .past(.zero),
      isStrangers: Bool = false
    ) {
      self.name = name
      self.isDirectory = isDirectory
      self.owner = owner
      self.group = group
      self.permissions = permissions
      self.age = age
      self.isStrangers = isStrangers
    }
  }

  /// A lock among Transom programs that was held at both of two looks.
  package struct HeldLock: Hashable, Sendable {
    package var path: String
    package var process: Int32
    /// Whether the process that took it has ended: then a child of it holds it.
    package var hasEnded: Bool

    package init(path: String, process: Int32, hasEnded: Bool) {
      self.path = path
      self.process = process
      self.hasEnded = hasEnded
    }
  }

  package struct Part: Hashable, Sendable {
    /// The name of the window.
    package var window: String
    package var state: WindowState
    package var lock: WindowLockState?
    package var held: [HeldLock]
    package var quarantine: QuarantineState
    /// How old the file is in which a 1.0 program makes its next window; nil when there is none.
    package var peerTemporary: FileAge?

    package init(
      window: String,
      state: WindowState,
      lock: WindowLockState? = nil,
      held: [HeldLock] = [],
      quarantine: QuarantineState = QuarantineState(),
      peerTemporary: FileAge? = nil
    ) {
      self.window = window
      self.state = state
      self.lock = lock
      self.held = held
      self.quarantine = quarantine
      self.peerTemporary = peerTemporary
    }
  }

  /// What could not be looked at or opened, in the words of an error.
  package struct Failure: Hashable, Sendable {
    package var what: String
    package var fix: String
    package var kind: Finding.Kind

    package init(what: String, fix: String, kind: Finding.Kind) {
      self.what = what
      self.fix = fix
      self.kind = kind
    }
  }

  package var path: String
  /// Who asks.
  package var user: UInt32
  package var fileSystem: String
  package var sight: Sight
  /// Whether a flock is seen by all who can reach the files.
  package var isFlockKernelWide: Bool
  package var directory: File
  /// Why no file can be made here by who asks.
  package var writingObstacle: String?
  package var files: [File] = []
  package var parts: [Part] = []
  package var leftovers = LeftoverState()
  /// Directories that somebody made aside and never gave their name, by their paths.
  package var asides: [String] = []
  package var isOfTransom = true
  package var failures: [Failure] = []
  /// What is made anew by the next Transom program, by its path.
  package var missing: [String] = []

  package init(
    path: String,
    user: UInt32 = 0,
    fileSystem: String,
    sight: Sight,
    isFlockKernelWide: Bool,
    directory: File
  ) {
    self.path = path
    self.user = user
    self.fileSystem = fileSystem
    self.sight = sight
    self.isFlockKernelWide = isFlockKernelWide
    self.directory = directory
  }
}
