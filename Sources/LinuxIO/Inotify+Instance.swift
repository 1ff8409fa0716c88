// How a process comes by its one inotify instance, and how it passes from one owner to the next.

internal import CInotifyTools
internal import CLinux
internal import Glibc
internal import Synchronization

extension Inotify {
  /// What must be known of the instance as long as the process lives.
  struct Books: Sendable {
    /// The watches that are not known to be over.
    var live: Set<Int32> = []
    /// Those of them whose end may have been lost in an overflow.
    var doubtful: Set<Int32> = []
    /// Entries of the library that nothing refers to any more.
    var staleEntries = 0
    private var spellings: UInt64 = 0

    /// A path to the descriptor that was never used before in this process.
    ///
    /// The library's table is by path: under a path that it has seen it keeps answering the first number. So a count is
    /// spelled out in what a path may hold without meaning: "/" is 0 and "./" is 1.
    mutating func freshSpelling(of descriptor: Int32) -> String {
      spellings += 1
      var path = "/proc/self/fd/"
      var rest = spellings
      while rest > 0 {
        path += rest & 1 == 0 ? "/" : "./"
        rest >>= 1
      }
      return path + "\(descriptor)"
    }
  }

  private enum Instance {
    case notMade
    case taken
    case free(descriptor: Int32, Books)
    /// Made, and of no use for as long as the process lives.
    case unusable(InotifyUnavailable)
  }

  private static let instance = Mutex(Instance.notMade)

  /// The instance for a new owner. The lock is held throughout: whoever comes second must see what the first one made.
  static func takeInstance() throws(InotifyUnavailable) -> (Int32, Books) {
    try instance.withLock { (state) throws(InotifyUnavailable) in
      switch state {
      case .notMade:
        let descriptor = try make(&state)
        state = .taken
        return (descriptor, Books())
      case .taken:
        throw .inUse
      case .free(let descriptor, var books):
        clear(descriptor, &books)
        state = .taken
        return (descriptor, books)
      case .unusable(let reason):
        throw reason
      }
    }
  }

  static func giveBack(_ descriptor: Int32, _ books: Books) {
    instance.withLock { $0 = .free(descriptor: descriptor, books) }
  }

  /// Makes the instance, and sees to it that the library can never abort the process with it.
  private static func make(_ state: inout Instance) throws(InotifyUnavailable) -> Int32 {
    let next: Int32
    let before: [Int32]
    do {
      next = try systemCall("open", on: "/") { clinux_next_descriptor() }
      before = try inotifyDescriptors()
    } catch {
      throw .refused(error)
    }
    guard next < InotifyUnavailable.firstTooHigh else { throw .descriptorTooHigh(next: next) }
    guard inotifytools_initialize() == 1 else {
      let code = inotifytools_error()
      // A number was free a moment ago, so EMFILE speaks of instances and not of open files.
      if code == EMFILE { throw .tooManyInstances(InotifyLimits.current().instanceLimit) }
      throw .refused(SystemError("inotify_init", code: code))
    }
    // From here the library has it for good: what goes wrong now goes wrong once for all.
    let after = (try? inotifyDescriptors()) ?? []
    let candidates = after.filter { !before.contains($0) }
    guard let descriptor = candidates.count == 1 ? candidates[0] : prove(among: after) else {
      state = .unusable(.descriptorNotFound)
      throw .descriptorNotFound
    }
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
    // Another thread may have taken the number that was looked at.
    guard descriptor < InotifyUnavailable.firstTooHigh else {
      state = .unusable(.descriptorTooHigh(next: descriptor))
      throw .descriptorTooHigh(next: descriptor)
    }
    return descriptor
  }

  /// Which of these the library holds: the one that shows a new watch after the library was made to add one.
  ///
  /// Needed where other threads make or close inotify descriptors at the same moment, so that before and after do not
  /// tell.
  package static func prove(among candidates: [Int32]) -> Int32? {
    let before = candidates.map(watchLines)
    let mask = Int32(bitPattern: InotifyMask.selfMoved.rawValue)
    guard unsafe inotifytools_watch_file("/", mask) == 1 else { return nil }
    let after = candidates.map(watchLines)
    let watch = unsafe inotifytools_wd_from_filename("/")
    _ = inotifytools_remove_watch_by_wd(watch)
    let grown = candidates.indices.filter { after[$0] == before[$0] + 1 }
    return grown.count == 1 ? candidates[grown[0]] : nil
  }

  /// How many watches the kernel shows for the descriptor.
  private static func watchLines(of descriptor: Int32) -> Int { watches(of: descriptor)?.count ?? 0 }

  /// The watches that the kernel shows for the descriptor; nil where it shows nothing.
  static func watches(of descriptor: Int32) -> Set<Int32>? {
    // Some hundred bytes a watch, and there may be 100,000 and more.
    guard let bytes = try? ProcFile.allBytes(of: "/proc/self/fdinfo/\(descriptor)") else { return nil }
    let start = Array("inotify wd:".utf8)
    var numbers: Set<Int32> = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) where line.starts(with: start) {
      let digits = line.dropFirst(start.count).prefix { $0 != UInt8(ascii: " ") }
      // fdinfo writes the number in hexadecimal.
      guard let number = Int32(String(decoding: digits, as: UTF8.self), radix: 16) else { return nil }
      numbers.insert(number)
    }
    return numbers
  }

  /// The numbers of all inotify descriptors of this process.
  private static func inotifyDescriptors() throws(SystemError) -> [Int32] {
    var numbers = [Int32](repeating: 0, count: 256)
    let count = try systemCall("opendir", on: "/proc/self/fd") {
      unsafe numbers.withUnsafeMutableBufferPointer {
        unsafe clinux_inotify_descriptors($0.baseAddress, Int32($0.count))
      }
    }
    return Array(numbers.prefix(Int(count)))
  }

  /// Ends the watches of the last owner and throws away what it left unread.
  private static func clear(_ descriptor: Int32, _ books: inout Books) {
    // By the kernel, since any of them may be over already; their entries stay in the library.
    for watch in books.live { _ = inotify_rm_watch(descriptor, watch) }
    books.staleEntries += books.live.count
    books.live = []
    books.doubtful = []
    // With no watch left nothing is added meanwhile. An error other than a signal would come back at the first drain.
    while unsafe inotifytools_next_events(0, 1) != nil || inotifytools_error() == EINTR {}
  }
}
