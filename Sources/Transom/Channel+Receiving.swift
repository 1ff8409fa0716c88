// Getting what the other side sends.

internal import ChannelMessages
internal import ChannelModel

extension Channel {
  /// What the other side sends from now on.
  ///
  /// Each use makes a stream of its own, which begins at that moment. Requests that a
  /// responder of this channel takes and answers to requests of this channel's side are not among them.
  public var messages: Messages { messages() }

  /// What the other side sends.
  ///
  /// - Parameters:
  ///   - from: Where to begin.
  ///   - includingAnswered: Whether requests that this channel's responders take, and answers that were waited for, are
  ///     among them as well.
  ///   - onGap: Told when messages are missing, before the next one comes. Without it a gap is thrown as
  ///     ``ChannelError/Code/missingMessages``.
  /// - Returns: A stream for one consumer. What goes wrong is thrown by its first `next`.
  public func messages(
    from: StartingPoint = .now,
    includingAnswered: Bool = false,
    onGap: (@Sendable (Gap) -> Void)? = nil
  ) -> Messages {
    let isWanted = filter(includingAnswered)
    let (core, direction) = (core, incoming)
    let subscription = Subscription(self) { folder, entry, deadline throws(ChannelError) in
      if folder.options.isOnlyLookedAt {
        let source: MonitorReader.Source = { () throws(ChannelError) in try core.direction(direction) }
        return try MonitorReader.open(in: folder, start: entry.start(from), from: source, isWanted: isWanted)
      }
      return try UnnamedReader.open(in: folder, start: entry.start(from), until: deadline, isWanted: isWanted)
    }
    return Messages(subscription, path: path, onGap: onGap)
  }

  /// What the other side sends, for a reader that goes on where it was: also after a restart, also after a crash.
  ///
  /// What the name has not read is kept for it. Each message comes at least once, and not again once it was acknowledged;
  /// see ``CursorSaving`` for how soon that holds. While another program keeps a lock the first `next` waits for it, and
  /// what goes wrong then is thrown there; this call waits for 100 milliseconds at most.
  ///
  /// - Parameters:
  ///   - name: The reader's name: letters, digits, `.`, `_` and `-`.
  ///   - from: Where a name begins that has never read.
  ///   - saving: When acknowledgements are written down.
  ///   - onGap: Told at once when messages are missing; the next delivery tells as well.
  /// - Returns: A stream for one consumer.
  /// - Throws: ``ChannelError``: ``ChannelError/Code/readerBusy`` while another program reads under this name.
  public func messages(
    reader name: String,
    from: StartingPoint = .start,
    saving: CursorSaving = .coalesced,
    onGap: (@Sendable (Gap) -> Void)? = nil
  ) throws -> Deliveries {
    try checkMayWrite("to read under a name")
    let name = try readerName(name)
    let subscription = Subscription(self) { folder, entry, deadline throws(ChannelError) in
      try DurableReader.open(
        name,
        in: folder,
        start: entry.start(from),
        saving: saving.ofProgress,
        lockedUntil: deadline
      )
    }
    try subscription.check()
    return Deliveries(subscription, onGap: onGap)
  }

  /// What the other side sends, shared among all programs that read under one group's name: each message goes to one of
  /// them.
  ///
  /// What a member was given and has not acknowledged goes to another when the member ends, marked
  /// ``Delivery/isRedelivered``. Locks are waited for as with a reader of one program.
  ///
  /// - Parameters:
  ///   - name: The group's name: letters, digits, `.`, `_` and `-`.
  ///   - from: Where a group begins that has never read.
  ///   - saving: When this member's acknowledgements are written down.
  ///   - lease: How long a member that lives may take over a message before another gets it, 10 ms at least; nil is
  ///     for ever.
  ///   - onGap: Told at once when messages are missing; the next delivery tells as well.
  /// - Returns: A stream for one consumer.
  /// - Throws: ``ChannelError``.
  public func messages(
    group name: String,
    from: StartingPoint = .start,
    saving: CursorSaving = .coalesced,
    lease: Duration? = nil,
    onGap: (@Sendable (Gap) -> Void)? = nil
  ) throws -> Deliveries {
    try checkMayWrite("to read as one of a group")
    let name = try readerName(name)
    let subscription = Subscription(self) { folder, entry, deadline throws(ChannelError) in
      var options = GroupMember.Options()
      options.start = entry.start(from)
      options.saving = saving.ofProgress
      options.lease = lease
      return try GroupMember.join(name, in: folder, options: options, until: deadline)
    }
    try subscription.check()
    return Deliveries(subscription, onGap: onGap)
  }

  // MARK: Parts

  private func readerName(_ text: String) throws(ChannelError) -> ReaderName {
    do {
      return try ReaderName(text)
    } catch {
      throw ChannelError(.misuse, at: path, "\"\(text.prefix(80))\" is no reader's name", hint: error.rule)
    }
  }

  /// Which messages go to an unnamed reader: not those that a responder or a request of this channel takes.
  private func filter(_ includingAnswered: Bool) -> (@Sendable (Message) -> Bool)? {
    if includingAnswered { return nil }
    return { [requests, responders] message in
      switch message.kind {
      case .event: true
      case .request: message.method.map { !responders.takes($0) } ?? true
      case .response: message.replyTo.map { requests.isForMessages($0) } ?? true
      }
    }
  }
}
