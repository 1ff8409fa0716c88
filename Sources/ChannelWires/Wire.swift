// What all wires have in common.

package import ChannelMessages

/// A way to write messages on a stream, for one connection.
///
/// It is fed with bytes as they come and owns nothing; whoever has the stream acts.
package protocol Wire {
  /// Takes what came, and gives what is whole with it, in its order. After `refused` and `left` nothing more is read.
  mutating func take(_ bytes: [UInt8]) -> [WireItem]

  /// Takes that nothing more comes: what was begun is whole all the same, or refused.
  mutating func takeEnd() -> [WireItem]

  /// Whether its last word was said, behind which nothing may be written.
  var hasSaidLast: Bool { get }

  /// What it has to say of itself to what it took, to be written at once; each is given once.
  mutating func takeAnswers() -> [UInt8]

  /// A message as it stands on the stream.
  func encode(_ message: Message) -> [UInt8]

  /// The same for one that may be told again, with the mark by which somebody says that he has it.
  func encode(_ message: Message, mark: String) -> [UInt8]

  /// What tells the other end that these messages of it are taken over for good; nil where the wire has no words for that.
  func encode(acknowledging ids: [String]) -> [UInt8]?

  /// What tells the other end why it is listened to no more; nil where the wire has no words for that.
  mutating func encode(refusal: WireRefusal) -> [UInt8]?

  /// What tells the other end that there is still somebody, which means nothing else.
  func encodeLife() -> [UInt8]

  /// The last that is said, and why.
  mutating func encode(_ farewell: Farewell) -> [UInt8]
}

extension Wire {
  package mutating func takeEnd() -> [WireItem] { [] }
  package var hasSaidLast: Bool { false }
  package mutating func takeAnswers() -> [UInt8] { [] }
  package func encode(_ message: Message, mark: String) -> [UInt8] { encode(message) }
  package func encodeLife() -> [UInt8] { [] }
  package mutating func encode(_ farewell: Farewell) -> [UInt8] { [] }
}
