// How a request is known to the ledger.

internal import ChannelMessages
internal import ChannelModel

/// A request of one channel, as 128 bits: the keyed hash of the channel and of the id, which may be any text.
///
/// Whoever does not know the key, which the database keeps, finds no two requests with the same one.
package struct RequestKey: Hashable, Sendable {
  let high: UInt64
  let low: UInt64

  /// All requests of a channel's direction; kept by who serves it, so that only the id is hashed with each request.
  package struct Scope: Sendable {
    private let begun: SipHash

    init(_ channel: String, _ direction: Direction, _ key: SipHash.Key) {
      var hash = SipHash(wide: key)
      let bytes = Array(channel.utf8)
      hash.update(littleEndian: UInt64(bytes.count))
      hash.update(bytes)
      hash.update(byte: direction.rawValue)
      begun = hash
    }

    package func key(of id: String) -> RequestKey {
      var hash = begun
      hash.update(id.utf8Span.span)
      let value = hash.finish128()
      return RequestKey(high: UInt64(truncatingIfNeeded: value >> 64), low: UInt64(truncatingIfNeeded: value))
    }
  }
}
