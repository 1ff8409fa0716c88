// One handle of libuv.

internal import CUv
internal import LinuxIO

/// A handle that is made and closed exactly once, whoever lets go of it and on whichever thread.
///
/// It is held by the loop until it is closed. The types that use it are held by the user, and let go of it with their own
/// end; meanwhile nothing of theirs is touched.
@safe final class LoopHandle: LoopResident, @unchecked Sendable {
  // @unchecked: all of it is touched on the loop's thread only, which `init` and `close` make sure of.

  let loop: Loop
  /// Nil once it was closed.
  private var raw: UnsafeMutableRawPointer?
  /// What it tells: a status and what has happened, as the kind has it.
  private var onEvent: ((Int32, Int32) -> Void)?
  /// Whether what it tells is nothing that happened, unless whoever is told says so.
  private let isQuiet: Bool
  /// Held until it is closed.
  private let owner: AnyObject?

  /// Makes one of a kind. Refused with ECANCELED when the loop is about to end.
  init<Kind>(
    _ kind: Kind.Type,
    on loop: Loop,
    keeping owner: AnyObject? = nil,
    isQuiet: Bool = false,
    as call: String,
    subject: String = "",
    make: (UnsafeMutablePointer<uv_loop_t>, UnsafeMutablePointer<Kind>) -> Int32,
    onEvent: @escaping (Int32, Int32) -> Void
  ) throws(SystemError) {
    loop.requireOwnThread()
    guard !loop.isEnding else { throw .loopIsEnding(call, on: subject) }
    let handle = UnsafeMutablePointer<Kind>.allocate(capacity: 1)
    do throws(SystemError) {
      try uvCall(call, on: subject) { unsafe make(loop.uv, handle) }
    } catch {
      unsafe handle.deallocate()
      throw error
    }
    self.loop = loop
    self.owner = owner
    self.isQuiet = isQuiet
    self.onEvent = onEvent
    unsafe raw = UnsafeMutableRawPointer(handle)
    unsafe uv_handle_set_data(Self.plain(handle), Unmanaged.passRetained(self).toOpaque())
    loop.residents[ObjectIdentifier(self)] = self
  }

  /// The handle, for a call on it; nil once it was closed.
  func with<Kind, Result>(_ kind: Kind.Type, _ body: (UnsafeMutablePointer<Kind>) -> Result) -> Result? {
    loop.requireOwnThread()
    return unsafe raw.map { unsafe body($0.assumingMemoryBound(to: kind)) }
  }

  /// What the callbacks of all kinds come to.
  static func tell(_ handle: UnsafeMutableRawPointer?, _ status: Int32, _ what: Int32) {
    guard let handle = unsafe handle,
      let data = unsafe uv_handle_get_data(handle.assumingMemoryBound(to: uv_handle_t.self))
    else { return }
    // Retained while it is told: it may be closed meanwhile.
    let own = unsafe Unmanaged<LoopHandle>.fromOpaque(data).takeUnretainedValue()
    if !own.isQuiet { own.loop.hasHappened = true }
    own.onEvent?(status, what)
  }

  /// Closes it: nothing is told any more from here on.
  func close() {
    loop.requireOwnThread()
    guard let raw = unsafe raw else { return }
    unsafe self.raw = nil
    onEvent = nil
    loop.residents[ObjectIdentifier(self)] = nil
    unsafe uv_close(Self.plain(raw)) { handle in
      guard let handle = unsafe handle else { return }
      if let data = unsafe uv_handle_get_data(handle) { unsafe Unmanaged<LoopHandle>.fromOpaque(data).release() }
      unsafe UnsafeMutableRawPointer(handle).deallocate()
    }
  }

  /// Closes it from whichever thread the last one who held it ran on.
  func letGo() {
    if loop.isOwnThread {
      close()
    } else {
      loop.performUnlessOver { self.close() }
    }
  }

  func loopEnds() { close() }

  private static func plain(_ handle: UnsafeMutableRawPointer) -> UnsafeMutablePointer<uv_handle_t> {
    unsafe handle.assumingMemoryBound(to: uv_handle_t.self)
  }
}
