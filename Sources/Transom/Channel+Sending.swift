// Telling the other side something.

public import ChannelMessages

extension Channel {
  /// Sends an event.
  ///
  /// When it returns the event is in the journal: no crash of a process can lose it, and every reader gets it, those that
  /// come later included. And 1.0 programs see it in their array, unless ``ChannelOptions/visibility`` says later. A task
  /// that is cancelled meanwhile gets the receipt all the same once the event is in.
  ///
  /// - Parameters:
  ///   - event: The event's name.
  ///   - payload: What to tell.
  /// - Returns: The event's id and number.
  /// - Throws: ``ChannelError``; then nothing was sent, except with ``ChannelError/Code/notFlushed`` and
  ///   ``ChannelError/Code/notProjected``.
  @discardableResult
  public func send(_ event: String, _ payload: JSONText = .null) async throws -> Receipt {
    try checkMayWrite("to send")
    return try await outbox.send(.event(event, payload))
  }

  /// Sends an event, blocking the calling thread where it has to wait.
  @discardableResult
  public func send(_ event: String, _ payload: JSONText = .null) throws -> Receipt {
    trapOnWatcherThread()
    try checkMayWrite("to send")
    return try outbox.send(.event(event, payload))
  }

  /// Sends an event with a value of yours as its payload.
  @discardableResult
  public func send(_ event: String, _ payload: some Encodable) async throws -> Receipt {
    try await send(event, try JSONText(encoding: payload))
  }

  /// Sends an event with a value of yours as its payload, blocking the calling thread where it has to wait.
  @discardableResult
  public func send(_ event: String, _ payload: some Encodable) throws -> Receipt {
    try send(event, try JSONText(encoding: payload))
  }

  /// Sends several messages as one batch: readers get all of them or none, in this order.
  ///
  /// One batch costs little more than one message. It holds at most 1,024 messages and 8 MiB.
  ///
  /// - Parameter batch: The messages.
  /// - Returns: Their ids and numbers, in their order.
  /// - Throws: ``ChannelError``; then none of them was sent, except with ``ChannelError/Code/notFlushed`` and
  ///   ``ChannelError/Code/notProjected``: then all were.
  @discardableResult
  public func send(contentsOf batch: [Outgoing]) async throws -> [Receipt] {
    try checkMayWrite("to send")
    if batch.isEmpty { return [] }
    return try await outbox.send(batch)
  }

  /// Sends several messages as one batch, blocking the calling thread where it has to wait.
  @discardableResult
  public func send(contentsOf batch: [Outgoing]) throws -> [Receipt] {
    trapOnWatcherThread()
    try checkMayWrite("to send")
    if batch.isEmpty { return [] }
    return try outbox.send(batch)
  }
}
