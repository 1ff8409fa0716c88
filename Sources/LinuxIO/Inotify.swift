// The inotify instance of this process, through libinotifytools. The only file, with Inotify+Instance.swift, that names
// the library.

internal import CInotifyTools
internal import CLinux
internal import Glibc

/// Watches directories and tells what happened to them.
///
/// All of libinotifytools' state is static, so there is one `Inotify` at a time in a process, got by `Inotify()`, and
/// one call at a time is made on it. It does not matter which thread makes it: the state is the process's. The type is
/// not Sendable, so whoever shares it among threads holds it in a `Mutex`, which is what the library needs; nobody holds
/// that lock while waiting for the descriptor.
///
/// How to use it: wait until `descriptor` can be read, then drain until nothing more is left, *then* wait again. The
/// library takes up to 64 KiB of events at once into a buffer of its own, and what is there does not make the
/// descriptor ready.
///
/// The watch numbers given out here are the kernel's and the only truth. The library keeps a table by path as well, and
/// goes on answering with the number of a watch that is long over; so each watch is added under a spelling never used
/// before.
///
/// Watches are added, events are fetched, and live watches are removed by the library. The kernel is called past it where
/// the library would print to standard error or leak, and nowhere else: to end a watch that may be over already, and to
/// change the mask of one (see `remove` and `change`).
package final class Inotify {
  /// The number to wait on until it can be read; below 1,024, close-on-exec, non-blocking, and never closed.
  package let descriptor: Int32

  /// Watches that the kernel has and whose end was not seen yet.
  package var watchCount: Int { live.count }

  /// Watches that are over and whose entry the library cannot let go of: some 190 bytes each, until the process ends.
  package var staleEntries: Int { books.staleEntries }

  private var books: Books
  /// Whether the last drain saw the end: then nothing is in the library's buffer.
  private var isDrained = true

  private var live: Set<Int32> {
    get { books.live }
    _modify { yield &books.live }
  }

  /// Takes the process's instance, making it first if there was none yet.
  ///
  /// Once made it is kept for the life of the process. An `Inotify` that is let go of gives it back, and the next one
  /// gets it with no watches and nothing unread.
  package init() throws(InotifyUnavailable) {
    (descriptor, books) = try Self.takeInstance()
  }

  deinit {
    Self.giveBack(descriptor, books)
  }

  // MARK: Watches

  /// Watches what the descriptor names, whatever the paths that lead to it, and answers the watch's number.
  ///
  /// The descriptor is needed for this call only. While it, or any other, is held open the kernel does not report that
  /// a directory was deleted.
  package func add(_ directory: borrowing OwnedDescriptor, _ mask: InotifyMask) throws(InotifyRefusal) -> Int32 {
    try add(directory.number, mask, named: "descriptor \(directory.number)")
  }

  /// Watches a directory that is held open.
  package func add(_ directory: Directory, _ mask: InotifyMask) throws(InotifyRefusal) -> Int32 {
    try add(directory.descriptor.number, mask, named: directory.path)
  }

  /// Watches what is at the path, and answers the watch's number.
  package func add(path: String, _ mask: InotifyMask) throws(InotifyRefusal) -> Int32 {
    let target: OwnedDescriptor
    do {
      // Opened here, so that the library never looks at the path itself: where that fails it prints to standard error.
      target = OwnedDescriptor(
        taking: try systemCall("open", on: path) {
          unsafe clinux_open_to_watch(path, mask.contains(.dontFollow) ? 0 : 1)
        }
      )
    } catch {
      throw Self.refusal(error.code, call: "open", named: path)
    }
    return try add(target.number, mask, named: path)
  }

  /// Changes what a live watch of this directory asks for.
  ///
  /// Past the library, which would make a second entry for the same watch at each change and never let go of it.
  package func change(
    _ watch: Int32,
    of directory: borrowing OwnedDescriptor,
    to mask: InotifyMask
  ) throws(InotifyRefusal) {
    guard live.contains(watch) else { throw .notItsWatch(watch) }
    let path = "/proc/self/fd/\(directory.number)"
    let answer: Int32
    do {
      answer = try systemCall("inotify_add_watch", on: path) {
        unsafe inotify_add_watch(descriptor, path, mask.subtracting(.dontFollow).rawValue)
      }
    } catch {
      throw Self.refusal(error.code, call: "inotify_add_watch", named: path)
    }
    if answer == watch { return }
    // Another inode. Had it a watch of ours, that one's mask is now changed, which only a caller's mistake can bring
    // about; had it none, then the watch that was just made must not stay.
    if !live.contains(answer) { _ = inotify_rm_watch(descriptor, answer) }
    throw .notItsWatch(watch)
  }

  /// Changes what a live watch of a directory that is held open asks for.
  package func change(_ watch: Int32, of directory: Directory, to mask: InotifyMask) throws(InotifyRefusal) {
    try change(watch, of: directory.descriptor, to: mask)
  }

  /// Ends a watch, and says whether it was still there. Events that were already under way still come, then one that
  /// says it is over.
  ///
  /// Best called when everything was drained: only then, and if no overflow hid its end, is it certain that the watch
  /// has not ended by itself, so that the library can be asked. Its removal of a watch that is over would print to
  /// standard error and keep the entry. In any other case the kernel is asked directly, and the entry stays
  /// (`staleEntries`).
  @discardableResult
  package func remove(_ watch: Int32) -> Bool {
    guard live.remove(watch) != nil else { return false }
    let isDoubtful = books.doubtful.remove(watch) != nil
    if !isDoubtful, isDrained, case .timedOut? = try? Readiness.wait(on: [descriptor], for: .zero) {
      if inotifytools_remove_watch_by_wd(watch) == 1 { return true }
      books.staleEntries += 1
      return false
    }
    books.staleEntries += 1
    return inotify_rm_watch(descriptor, watch) == 0
  }

  // MARK: Events

  /// Appends what has happened since, without waiting, and says whether there may be more.
  ///
  /// After `true`, call again before waiting. What could not be made sense of is reported as an overflow.
  package func drain(into events: inout [InotifyEvent], limit: Int = 1_024) throws(SystemError) -> Bool {
    isDrained = false
    var room = limit
    while room > 0 {
      // 0 seconds and one event is the library's only call that neither waits nor spins.
      guard let record = unsafe inotifytools_next_events(0, 1) else {
        let code = inotifytools_error()
        if code == EINTR { continue }
        guard code == 0 || code == EAGAIN else { throw SystemError("read", on: "inotify", code: code) }
        isDrained = true
        return false
      }
      let event = unsafe Self.decode(record)
      note(event)
      events.append(event)
      room -= 1
    }
    return true
  }

  /// The watches whose end was lost with other events, which an overflow hides.
  ///
  /// To be called after a drain that told of an overflow: the kernel's own list says which are left. Where that list
  /// cannot be had, nothing is said to be over.
  package func endedUnseen() -> [Int32] {
    guard !books.doubtful.isEmpty, let alive = Self.watches(of: descriptor) else { return [] }
    let ended = books.doubtful.subtracting(alive)
    books.doubtful = []
    live.subtract(ended)
    books.staleEntries += ended.count
    return Array(ended)
  }

  // MARK: Parts

  /// Keeps the books of which watches there are.
  private func note(_ event: InotifyEvent) {
    // The end of any watch may be among what was lost.
    if event.isOverflow { books.doubtful = live }
    guard event.endsWatch, live.remove(event.watch) != nil else { return }
    books.doubtful.remove(event.watch)
    // Nobody removed it, so the library still has its entry.
    books.staleEntries += 1
  }

  private func add(_ target: Int32, _ mask: InotifyMask, named name: String) throws(InotifyRefusal) -> Int32 {
    let path = books.freshSpelling(of: target)
    // MASK_CREATE: an inode that is watched already is refused. Otherwise its mask would be replaced behind the back of
    // whoever asked for it, and the library would hold two entries for one number.
    let asked = mask.subtracting(.dontFollow).rawValue | Self.maskCreate
    guard unsafe inotifytools_watch_file(path, Int32(bitPattern: asked)) == 1 else {
      throw Self.refusal(inotifytools_error(), call: "inotify_add_watch", named: name)
    }
    let watch = unsafe inotifytools_wd_from_filename(path)
    guard watch > 0 else { throw .refused(SystemError("inotify_add_watch", on: name, code: ENOMEM)) }
    live.insert(watch)
    return watch
  }

  /// IN_MASK_CREATE, Linux 4.18.
  private static let maskCreate: UInt32 = 0x1000_0000

  private static func refusal(_ code: Int32, call: String, named name: String) -> InotifyRefusal {
    switch code {
    case ENOENT: .missing(name)
    case ENOTDIR: .notDirectory(name)
    case EEXIST: .alreadyWatched(name)
    case ENOSPC where call == "inotify_add_watch": .tooManyWatches(InotifyLimits.current().watchLimit)
    default: .refused(SystemError(call, on: name, code: code))
    }
  }

  /// The library's record through our own decoder. It points into a static buffer, twice as long as what is read into
  /// it.
  private static func decode(_ record: UnsafePointer<inotify_event>) -> InotifyEvent {
    let announced = unsafe Int(record.pointee.len)
    let size = InotifyDecoder.headerSize + (announced <= InotifyDecoder.longestName ? announced : 0)
    let start = unsafe UnsafeRawPointer(record).assumingMemoryBound(to: UInt8.self)
    let bytes = unsafe Span(_unsafeStart: start, count: size)
    return InotifyDecoder.events(in: bytes).events.first ?? .overflow
  }
}
