// How much may wait to be read by the other end, and how long for it.

/// The marks by which whoever writes to a stream knows when to pause and when to go on; they count bytes as they are
/// carried, which are a few more where they are secured.
package struct StreamLimits: Sendable, Hashable {
  /// What would make more bytes than this wait is refused; only a single write that comes when nothing waits may be
  /// longer.
  package var highWater: Int
  /// Once no more than this wait after there were more, that is told.
  package var lowWater: Int
  /// A stream that is secured ends when it is not known after so long who the other end is.
  package var handshake: Duration

  package init(highWater: Int = 1 << 20, lowWater: Int = 1 << 18, handshake: Duration = .seconds(10)) {
    precondition(0 <= lowWater && lowWater <= highWater, "the low water is not above the high water")
    self.highWater = highWater
    self.lowWater = lowWater
    self.handshake = handshake
  }
}
