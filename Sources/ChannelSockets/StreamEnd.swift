// What is left of a stream.

package import LinuxIO

/// How a stream that was not closed here came to its end.
package enum StreamEnd: Sendable, Hashable {
  /// Both ends had finished, and all that was written here is on its way.
  case finished
  /// The other end broke it off.
  case failed(SystemError)
  /// It could not be secured, or not to its end.
  case insecure(TLSError)
  /// The loop has ended.
  case loopEnded
}
