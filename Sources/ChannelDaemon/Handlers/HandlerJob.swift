// What a handler is given.

package import ChannelMessages
package import ChannelModel

/// One message that a handler is to deal with, and where it came from.
package struct HandlerJob: Sendable, Hashable {
  /// The channel's name, as people see it in logs.
  package let channel: String
  /// The channel's directory, as programs are told it.
  package let path: String
  package let direction: Direction
  package let message: Message

  package init(channel: String, path: String, direction: Direction, message: Message) {
    self.channel = channel
    self.path = path
    self.direction = direction
    self.message = message
  }
}
