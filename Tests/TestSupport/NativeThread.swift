// A thread of its own, for what blocks.

import Glibc

/// Runs a closure on a new thread.
package final class NativeThread {
  private let handle: pthread_t

  private final class Body {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  package init(_ run: @escaping @Sendable () -> Void) {
    let body = unsafe Unmanaged.passRetained(Body(run))
    var handle = pthread_t()
    let code = unsafe pthread_create(
      &handle,
      nil,
      { argument in
        if let argument = unsafe argument { unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
        return nil
      },
      body.toOpaque()
    )
    precondition(code == 0, "no thread to be had")
    self.handle = handle
  }

  /// Runs a closure on a new thread that nobody waits for.
  package static func detach(_ run: @escaping @Sendable () -> Void) {
    pthread_detach(NativeThread(run).handle)
  }

  /// Waits for its end; to be called once.
  package func join() {
    pthread_join(handle, nil)
  }
}

/// Runs a body where calls may block, and waits for it.
package func onOwnThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
  await withCheckedContinuation { continuation in NativeThread.detach { continuation.resume(returning: body()) } }
}
