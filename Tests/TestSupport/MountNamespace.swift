// File systems of a test's own, seen by nobody else.

internal import Glibc
internal import Synchronization

/// A mount namespace for the calling thread: what is mounted there ends with the thread or its process.
///
/// Glibc's module shows neither `unshare` nor `mount`; they are looked up by name.
package enum MountNamespace {
  private typealias Unshare = @convention(c) (Int32) -> Int32
  private typealias Unmount = @convention(c) (UnsafePointer<CChar>, Int32) -> Int32
  private typealias Mount =
    @convention(c) (
      UnsafePointer<CChar>?, UnsafePointer<CChar>, UnsafePointer<CChar>?, UInt, UnsafeRawPointer?
    ) -> Int32

  /// Why this process may not mount, nil when it may; tried once, on a thread that ends right after.
  package static let refusal: String? = {
    var thread = pthread_t()
    let made = unsafe pthread_create(
      &thread,
      nil,
      { _ in
        answer.withLock { $0 = enter() }
        return nil
      },
      nil
    )
    guard made == 0 else { return "no thread to try it on" }
    pthread_join(thread, nil)
    return answer.withLock { $0 }
  }()

  private static let answer = Mutex<String?>(nil)

  /// Gives the calling thread mounts of its own; says what stood in the way.
  package static func enter() -> String? {
    guard let symbol = unsafe dlsym(nil, "unshare") else { return "no unshare" }
    let unshare = unsafe unsafeBitCast(symbol, to: Unshare.self)
    // CLONE_NEWNS
    guard unshare(0x0002_0000) == 0 else { return "unshare: \(unsafe String(cString: strerror(errno)))" }
    // MS_REC | MS_PRIVATE: nothing mounted here is seen outside.
    return mount("none", at: "/", kind: nil, flags: 0x4000 | 0x4_0000, options: nil)
  }

  /// Mounts a tmpfs of so many bytes.
  package static func mountMemory(at path: String, options: String) -> String? {
    mount("none", at: path, kind: "tmpfs", flags: 0, options: options)
  }

  /// Shows a file, or a directory, at a second place instead of what is there.
  package static func bind(_ source: String, at path: String) -> String? {
    // MS_BIND
    mount(source, at: path, kind: nil, flags: 0x1000, options: nil)
  }

  /// Lets nobody write to what is mounted there, or lets them again; `isBind` means this place alone.
  package static func remount(_ path: String, isReadOnly: Bool, isBind: Bool = false) -> String? {
    // MS_REMOUNT, MS_RDONLY, MS_BIND
    let flags: UInt = (isReadOnly ? 0x20 | 0x1 : 0x20) | (isBind ? 0x1000 : 0)
    return mount("none", at: path, kind: nil, flags: flags, options: nil)
  }

  /// Takes away what is mounted there, though files in it be open.
  package static func unmount(_ path: String) {
    guard let symbol = unsafe dlsym(nil, "umount2") else { return }
    let unmount = unsafe unsafeBitCast(symbol, to: Unmount.self)
    // MNT_DETACH
    _ = unsafe unmount(path, 2)
  }

  private static func mount(
    _ source: String,
    at path: String,
    kind: String?,
    flags: UInt,
    options: String?
  ) -> String? {
    guard let symbol = unsafe dlsym(nil, "mount") else { return "no mount" }
    let call = unsafe unsafeBitCast(symbol, to: Mount.self)
    let result =
      if let kind, let options {
        unsafe call(source, path, kind, flags, options)
      } else {
        unsafe call(source, path, nil, flags, nil)
      }
    return result == 0 ? nil : "mount on \(path): \(unsafe String(cString: strerror(errno)))"
  }
}
