// What messages are printed from.

package import Transom

/// Gives messages one after the other, and is told which of them are dealt with.
package protocol MessageSupply {
  /// A message, with whatever it takes to say that it was dealt with.
  associatedtype Item: SuppliedMessage

  /// The next message; nil when the time was up or there are no more. Within no time it gives what is there.
  func next(within limit: Duration?) throws -> Item?

  /// Says that these were printed, or passed over.
  func acknowledge(_ items: [Item]) throws

  /// Why there are no more.
  var closed: ChannelError { get }
}
