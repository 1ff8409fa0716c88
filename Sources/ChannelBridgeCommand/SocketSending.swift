// What transom send does with a URL.

internal import ChannelCommands
internal import ChannelMessages
internal import Transom

/// Tells events to whoever listens at an address.
enum SocketSending {
  /// So long the other end may take to say that it has taken all.
  private static let partingTime = Duration.seconds(2)

  static func run(_ invocation: Invocation, _ around: Surroundings) throws -> Int32 {
    let sending = try EventSending(invocation, around)
    let conversation = try SocketConversation(invocation, around, refusing: "nobody answers here: this end only tells")
    { _ in
      false
    }
    let address = conversation.address
    around.interruption.beforeEnd {
      _ = try? Blocking.wait { () throws(ChannelError) in try await conversation.leave(within: .milliseconds(200)) }
    }
    try Blocking.wait { () throws(ChannelError) in try await conversation.connect() }
    let warning = "\(address): was interrupted while it was sent, and may have come there already"
    let reminder = "still sending: whoever listens at \(address) is slow to read"
    try sending.run(warning: warning, reminder: reminder) { event, payloads in
      var events: [Message] = []
      for payload in payloads { events.append(try conversation.written(.event, event, payload)) }
      let batch = events
      try Blocking.wait { () throws(ChannelError) in _ = try await conversation.write(batch) }
      return batch.map { EventSending.Sent(id: $0.id) }
    }
    let isKnown = try Blocking.wait { () throws(ChannelError) in try await conversation.leave(within: partingTime) }
    if !isKnown { around.say("\(address): all is sent, and the other end has not said that it has taken it") }
    return 0
  }
}
