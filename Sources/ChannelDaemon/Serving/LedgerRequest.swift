// A request, as the ledger has to do with it.

package import ChannelModel

/// What a request is known by, and what is kept of it.
package struct LedgerRequest: Sendable, Hashable {
  package let id: String
  /// What names the channel for good.
  package let channel: String
  package let direction: Direction
  package let handler: String
  package let isRepeatable: Bool

  package init(_ id: String, of channel: String, _ direction: Direction, handler: String, isRepeatable: Bool) {
    self.id = id
    self.channel = channel
    self.direction = direction
    self.handler = handler
    self.isRepeatable = isRepeatable
  }
}
