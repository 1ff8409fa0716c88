// What all wires have in common.

package import ChannelMessages

/// A way to write messages on a stream, for one connection.
///
/// It is fed with bytes as they come and owns nothing; whoever has the stream acts.
package protocol Wire: Sendable {
  /// Takes what came, and gives what is whole with it, in its order. After `refused` nothing more is read.
  mutating func take(_ bytes: [UInt8]) -> [WireItem]

  /// A message as it stands on the stream.
  func encode(_ message: Message) -> [UInt8]

  /// What tells the other end that these messages of it are taken over for good; nil where the wire has no words for that.
  func encode(acknowledging ids: [String]) -> [UInt8]?

  /// What tells the other end why it is listened to no more; nil where the wire has no words for that.
  func encode(refusal: WireRefusal) -> [UInt8]?
}
