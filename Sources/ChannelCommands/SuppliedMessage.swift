// One of the messages that are printed.

package import ChannelMessages

/// A message of a supply.
package protocol SuppliedMessage {
  var message: Message { get }
}
