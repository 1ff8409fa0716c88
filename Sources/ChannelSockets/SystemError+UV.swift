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
}
