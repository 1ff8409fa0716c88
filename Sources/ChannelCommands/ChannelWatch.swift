// One channel of those that `watch` has found.

internal import ChannelMessages
internal import ChannelModel
internal import Synchronization
internal import Transom

/// Follows a channel's directions until it is closed: whatever goes wrong with it is told, and tried again.
final class ChannelWatch: Sendable {
  /// What all channels have in common.
  struct Setting: Sendable {
    let report: WatchReport
    let filter: MessageFilter
    /// The sides whose messages are taken.
    let sides: [Side]
    /// Run for each message, under the reader's name; without it messages are printed.
    let command: MessageCommand?
    let reader: String?
    /// Where a name begins that has never read.
    let from: StartingPoint
  }

  private struct State {
    var isClosed = false
    var channels: [ObjectIdentifier: Channel] = [:]
    /// What was told last of each direction: trouble that lasts is told once.
    var told: [Direction: String] = [:]
    /// What was told last of the channel itself, which both directions hear of.
    var toldOfChannel: String?
  }

  private let path: String
  private let label: String
  private let setting: Setting
  private let state = Mutex(State())
  /// Commands for one channel follow each other, whichever direction they are for.
  private let turns = Turns(limit: 1)
  private static let pauses = Backoff(first: .seconds(1), longest: .seconds(60))

  init(_ path: String, label: String, _ setting: Setting) {
    self.path = path
    self.label = label
    self.setting = setting
  }

  /// Begins at once, where that can be done, and goes on in tasks of its own. `isNew`: it appeared since the program
  /// was begun, so what is in it has passed nobody by.
  func start(isNew: Bool) {
    for side in setting.sides {
      let first = Result { try open(side, from: isNew ? .start : .now) }
      Task.detached { [self] in await follow(side, first) }
    }
  }

  /// Ends it, and writes its reader's places.
  func close() {
    let channels = state.withLock { state in
      state.isClosed = true
      defer { state.channels = [:] }
      return state.channels.values.map { $0 }
    }
    for channel in channels { channel.close() }
    turns.end()
  }

  // MARK: Following

  /// An opened channel, and what comes through it.
  private struct Opened: Sendable {
    let channel: Channel
    let source: MessageSource
  }

  private func place(of side: Side) -> WatchReport.Place {
    WatchReport.Place(path: path, label: label, direction: Direction(writtenBy: side.other))
  }

  private var isClosed: Bool { state.withLock { $0.isClosed } }

  private func open(_ side: Side, from: StartingPoint) throws -> Opened {
    let place = place(of: side)
    let channel = try Channel(at: path, as: side, options: ChannelOptions(creation: .never)) { [weak self] error in
      self?.tell("\(error)")
    }
    let isOpen = state.withLock { state in
      guard !state.isClosed else { return false }
      state.channels[ObjectIdentifier(channel)] = channel
      return true
    }
    guard isOpen else { throw CancellationError() }
    let report = setting.report
    do {
      let start = setting.reader == nil ? from : setting.from
      let source = try MessageSource(channel, reader: setting.reader, from: start) { report.tell($0, at: place) }
      return Opened(channel: channel, source: source)
    } catch {
      forget(channel)
      throw error
    }
  }

  private func forget(_ channel: Channel) {
    state.withLock { $0.channels[ObjectIdentifier(channel)] = nil }
  }

  private func follow(_ side: Side, _ first: Result<Opened, any Error>) async {
    let place = place(of: side)
    var pauses = Self.pauses
    var attempt = first
    while !isClosed {
      var trouble: String
      do {
        let opened = try attempt.get()
        defer { forget(opened.channel) }
        while let item = try await opened.source.next() {
          // It goes well again, so trouble is worth telling again.
          pauses = Self.pauses
          state.withLock { $0.told[place.direction] = nil }
          guard try await take(item, place) else { return }
        }
        trouble = "\(path): the channel has ended (its directory was removed or replaced)"
      } catch {
        trouble = "\(error)"
      }
      // What is being removed goes step by step; by then it is gone, and that is no trouble.
      await pause(pauses.next(jitter: .random(in: .min ... .max)))
      if isClosed { return }
      tell(trouble, place)
      attempt = Result { try open(side, from: .now) }
    }
  }

  private func tell(_ trouble: String, _ place: WatchReport.Place) {
    let isNew = state.withLock { $0.told.updateValue(trouble, forKey: place.direction) != trouble }
    if isNew { setting.report.warn("\(trouble) [\(place.text); trying again]") }
  }

  private func tell(_ trouble: String) {
    let isNew = state.withLock { state in
      defer { state.toldOfChannel = trouble }
      return state.toldOfChannel != trouble
    }
    if isNew { setting.report.warn("\(trouble) [\(label)]") }
  }

  private func pause(_ duration: Duration) async {
    // Nobody cancels these tasks: they end when they see that the watch is closed.
    try? await Task.sleep(for: duration)
  }

  // MARK: A message

  /// Deals with a message; false when the program ends meanwhile.
  private func take(_ item: MessageSource.Item, _ place: WatchReport.Place) async throws -> Bool {
    guard setting.filter.takes(item.message) else {
      try item.acknowledge()
      return true
    }
    guard let command = setting.command else {
      setting.report.tell(item.message, at: place)
      try item.acknowledge()
      return true
    }
    var pauses = Self.pauses
    while true {
      let begin = ContinuousClock.now
      let outcome = await command.run(for: item.message, from: path, place.direction, own: turns)
      let took = begin.duration(to: .now)
      switch outcome {
      case .done:
        // The place first: who reads of it may rely on it.
        try item.acknowledge()
        setting.report.tellDone(item.message, at: place, took: took)
        return true
      case .aside(let status, let why):
        setting.report.tellAside(item.message, at: place, took: took, status: status, why: why)
        try item.acknowledge()
        return true
      case .later:
        let duration = pauses.next(jitter: .random(in: .min ... .max))
        setting.report.tellLater(item.message, at: place, took: took, pause: duration)
        await pause(duration)
        if isClosed { return false }
      case .cutOff:
        return false
      }
    }
  }
}
