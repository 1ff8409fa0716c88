// Threads of our own.

internal import CLinux
internal import Glibc

/// Starts threads that are the kernel's and not the task pool's: they may block for as long as they like.
package enum KernelThread {
  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Starts one, by a name of at most 15 bytes. It ends when the body does; nobody waits for that, and all signals are
  /// blocked in it, so that they find the threads of the program.
  package static func start(_ name: String, _ run: @escaping @Sendable () -> Void) throws(SystemError) {
    let body = unsafe Unmanaged.passRetained(Body(run))
    let code = unsafe clinux_start_thread(
      name,
      { argument in
        if let argument = unsafe argument { unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      },
      body.toOpaque()
    )
    guard code == 0 else {
      unsafe body.release()
      throw SystemError("pthread_create", code: code)
    }
  }

  /// Lets writing to a pipe that nobody reads fail with EPIPE on the calling thread, for good, instead of ending the
  /// program by SIGPIPE.
  package static func blockBrokenPipe() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGPIPE)
    _ = unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
  }

  /// Lets all signals come to the calling thread, whatever mask it was started with.
  package static func unblockSignals() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    _ = unsafe pthread_sigmask(SIG_SETMASK, &signals, nil)
  }

  /// A number that tells the calling thread from all others that run now; never 0.
  package static var current: UInt { UInt(pthread_self()) }
}
