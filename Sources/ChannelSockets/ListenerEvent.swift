// What happens at a listener.

package import LinuxIO

/// What is told of a listener; never within a call on it.
package enum ListenerEvent: Sendable {
  /// Somebody connected; who, is known of Unix sockets. The stream is to be begun, or it ends as it is let go of.
  case connected(ByteStream, PeerCredentials?)
  /// Somebody connected when as many were as may be, and was closed out at once.
  case refused
  /// Nothing can be taken now, such as when descriptors have run out; it is tried again and again, at ease. Told once,
  /// until something could be taken.
  case paused(SystemError)
}
