// Addresses of a command line.

internal import ChannelBridge
internal import ChannelCommands

extension PeerAddress {
  /// The address that was written, or what is wrong with it.
  init(written text: String) throws(UsageError) {
    do throws(Fault) {
      try self.init(text)
    } catch {
      throw UsageError("\"\(text)\" is no address", hint: "\(error)")
    }
  }
}
