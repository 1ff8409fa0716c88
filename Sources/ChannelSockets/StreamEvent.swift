// What happens to a stream.

package import LinuxIO

/// What is told of a stream, in the order in which it happens; never within a call on the stream.
package enum StreamEvent: Sendable, Hashable {
  /// Who the other end is, of a stream that is secured: it comes once, before anything that came. A server that does not
  /// want us may say so only afterwards, which ends the stream.
  case secured(TLSPeer)
  /// These came, at least one.
  case received([UInt8])
  /// Nothing more comes; the other end may still read.
  case inputEnded
  /// No more than the low water waits, after more did or something was refused.
  case drained
  /// The other end reads no more; what waited is gone. What it has sent still comes.
  case outputRefused(SystemError)
  /// It is over, which comes last and once.
  case closed(StreamEnd)
}
