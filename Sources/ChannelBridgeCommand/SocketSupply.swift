// Messages of a conversation, for those who print them.

internal import ChannelCommands
internal import ChannelMessages
internal import ChannelModel
internal import Transom

/// Gives the messages of a conversation one after the other; one thread has it.
final class SocketSupply: MessageSupply {
  struct Item: SuppliedMessage {
    let message: Message
  }

  private let conversation: SocketConversation
  private var came: ArraySlice<Message> = []

  init(_ conversation: SocketConversation) {
    self.conversation = conversation
  }

  func next(within limit: Duration?) throws -> Item? {
    if came.isEmpty {
      let deadline = limit.map { Moment.now.advanced(by: $0) }
      came = Blocking.wait { [conversation] in await conversation.next(until: deadline) }[...]
    }
    return came.popFirst().map(Item.init)
  }

  func acknowledge(_ items: [Item]) throws {
    let ids = items.filter { $0.message.kind == .event }.map(\.message.id)
    guard !ids.isEmpty else { return }
    do {
      try Blocking.wait { [conversation] () throws(ChannelError) in try await conversation.acknowledge(ids) }
    } catch {
      // Who has left wants to know nothing more; and what has come from him is printed first.
    }
  }

  var closed: ChannelError {
    Blocking.wait { [conversation] in await conversation.fault } ?? .left(conversation.address)
  }
}
