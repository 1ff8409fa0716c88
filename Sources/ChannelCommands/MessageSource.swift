// Where messages come from, whoever keeps the place.

internal import ChannelMessages
internal import Transom

/// What `listen` reads: for a name, for a group, or from now on.
final class MessageSource: Sendable {
  /// A message, and how to say that it was dealt with.
  struct Item: SuppliedMessage {
    let message: Message
    fileprivate let delivery: Delivery?

    func acknowledge() throws { try delivery?.acknowledge() }
  }

  private enum Kind: Sendable {
    case passing(Messages)
    case kept(Deliveries)
  }

  let path: String
  private let kind: Kind

  init(_ invocation: Invocation, _ channel: Channel, onGap: @escaping @Sendable (Gap) -> Void) throws {
    path = channel.path
    let from: StartingPoint? = invocation.text(.from).map { $0 == "new" ? .now : .start }
    if let name = invocation.text(.reader) {
      kind = .kept(try channel.messages(reader: name, from: from ?? .start, onGap: onGap))
    } else if let name = invocation.text(.group) {
      let lease = invocation.duration(.lease)
      kind = .kept(try channel.messages(group: name, from: from ?? .start, lease: lease, onGap: onGap))
    } else {
      kind = .passing(channel.messages(from: from ?? .now, onGap: onGap))
    }
  }

  /// What comes for a name, or, without one, what passes.
  init(
    _ channel: Channel,
    reader: String?,
    from: StartingPoint,
    onGap: @escaping @Sendable (Gap) -> Void
  ) throws {
    path = channel.path
    if let reader {
      kind = .kept(try channel.messages(reader: reader, from: from, onGap: onGap))
    } else {
      kind = .passing(channel.messages(from: from, onGap: onGap))
    }
  }

  /// The next message; nil when the channel was closed.
  func next() async throws -> Item? {
    switch kind {
    case .passing(let messages): try await messages.next().map { Item(message: $0, delivery: nil) }
    case .kept(let deliveries): try await deliveries.next().map { Item(message: $0.message, delivery: $0) }
    }
  }

  /// The next message; nil when the time was up or the channel was closed.
  func next(within limit: Duration?) throws -> Item? {
    switch kind {
    case .passing(let messages): try messages.next(within: limit).map { Item(message: $0, delivery: nil) }
    case .kept(let deliveries): try deliveries.next(within: limit).map { Item(message: $0.message, delivery: $0) }
    }
  }

  /// Writes the place and gives up the name.
  func close() {
    switch kind {
    case .passing(let messages): messages.close()
    case .kept(let deliveries): deliveries.close()
    }
  }
}

extension MessageSource: MessageSupply {
  func acknowledge(_ items: [Item]) throws {
    for item in items { try item.acknowledge() }
  }

  var closed: ChannelError {
    ChannelError(.closed, at: path, "the channel has ended", hint: "its directory was removed or replaced")
  }
}
