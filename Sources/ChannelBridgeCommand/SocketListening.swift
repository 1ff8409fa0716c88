// What transom listen does with a URL.

internal import ChannelCommands
internal import Transom

/// Prints what whoever listens at an address says, and acknowledges its events once they are printed.
enum SocketListening {
  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let conversation = try SocketConversation(
      invocation,
      around,
      refusing: "nobody answers here: this end only listens"
    ) { _ in
      true
    }
    let leave: @Sendable () -> Void = {
      _ = try? Blocking.wait { () throws(ChannelError) in
        try await conversation.leave(within: SocketRequest.partingTime)
      }
    }
    around.interruption.beforeEnd(leave)
    around.interruption.endWithReader(of: around.output)
    try Blocking.wait { () throws(ChannelError) in try await conversation.connect() }
    around.say("listening to \(conversation.address)")
    defer { leave() }
    return try MessagePrinting(invocation, around, from: SocketSupply(conversation)).run()
  }
}
