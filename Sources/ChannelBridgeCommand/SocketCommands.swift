// What is done by sockets.

package import ChannelCommands

/// All that `transom-bridge` does.
package enum SocketCommands {
  package static var deeds: [Verb.Name: Program.Deed] {
    [
      .bridge: BridgeCommand.run, .listen: SocketListening.run, .request: SocketRequest.run,
      .respond: SocketResponding.run, .send: SocketSending.run,
    ]
  }
}
