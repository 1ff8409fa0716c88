// What libuv answers.

internal import CUv
internal import LinuxIO

/// Calls libuv, and throws when it answers below zero.
@inline(__always)
func uvCall(_ name: String, on subject: @autoclosure () -> String = "", _ body: () -> Int32) throws(SystemError) {
  let answer = body()
  // On Linux its codes are those of errno, negated.
  guard answer >= 0 else { throw SystemError(name, on: subject(), code: -answer) }
}

extension SystemError {
  /// What is to live on a loop that is about to end is refused.
  static func loopIsEnding(_ call: String, on subject: String) -> Self {
    Self(call, on: subject, code: -UV_ECANCELED.rawValue)
  }

  /// One listens at addresses of one's own.
  static func cannotBeListenedAt(_ endpoint: Endpoint) -> Self {
    Self("bind", on: "\(endpoint)", code: -UV_EADDRNOTAVAIL.rawValue)
  }

  /// Nobody comes to anybody by what listens.
  static func cannotBeReached(_ endpoint: Endpoint) -> Self {
    Self("connect", on: "\(endpoint)", code: -UV_EINVAL.rawValue)
  }

  /// The time that there was is up.
  static func timedOut(_ call: String, on subject: String) -> Self {
    Self(call, on: subject, code: -UV_ETIMEDOUT.rawValue)
  }

  /// Nobody listens there.
  static func connectRefused(_ subject: String) -> Self {
    Self("connect", on: subject, code: -UV_ECONNREFUSED.rawValue)
  }

  /// Both FIFOs of a stream are the same one.
  static func isSameFifo(_ path: String) -> Self { Self("open", on: path, code: -UV_EINVAL.rawValue) }

  /// There is no program of this name.
  static func noProgram(_ name: String) -> Self { Self("execve", on: name, code: -UV_ENOENT.rawValue) }

  /// Nobody reads what is written.
  static var brokenPipe: Self { Self("write", code: -UV_EPIPE.rawValue) }

  /// Whether the loop cannot watch it because it never lets anybody wait, as a file.
  var isAlwaysReady: Bool { code == -UV_EPERM.rawValue }

  /// Whether it is worth a try a moment later.
  var isForTheMoment: Bool { code == -UV_EAGAIN.rawValue }

  /// Whether it says more about this machine than about the other: it has no way to where that is.
  var isWayMissing: Bool {
    [UV_ENETUNREACH, UV_EADDRNOTAVAIL, UV_EAFNOSUPPORT].contains { code == -$0.rawValue }
  }
}
