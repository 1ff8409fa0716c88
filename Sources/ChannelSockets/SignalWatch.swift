// A signal on a loop.

internal import CUv
package import LinuxIO

/// Calls back on the loop's thread when the process gets a signal. While there is such a watch the signal does nothing
/// else; after the last one it does what it does to any program, which is to end it.
///
/// To be made and used on the loop's thread; it may be let go of on any thread. Some thread of the process must not block
/// the signal: `KernelThread` blocks all, the first thread of a program does not by itself. Several that come at once may
/// be one call.
package final class SignalWatch {
  private let handle: LoopHandle

  package init(on loop: Loop, _ signal: ProgramSignal, _ onSignal: @escaping () -> Void) throws(SystemError) {
    handle = try unsafe LoopHandle(
      uv_signal_t.self,
      on: loop,
      as: "uv_signal_init",
      make: { unsafe uv_signal_init($0, $1) },
      onEvent: { _, _ in onSignal() }
    )
    let answer = unsafe handle.with(uv_signal_t.self) { watch in
      unsafe uv_signal_start(
        watch,
        { handle, number in unsafe LoopHandle.tell(UnsafeMutableRawPointer(handle), 0, number) },
        signal.number
      )
    }
    try uvCall("uv_signal_start") { answer ?? 0 }
  }

  deinit {
    handle.letGo()
  }
}
