// A channel that the daemon serves.

internal import ChannelAdmin
internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Transom

/// One channel below a root: mostly only attended to, and open while there is something to do in it.
///
/// It belongs to the daemon's actor.
final class ServedChannel {
  enum Phase {
    /// Nobody has it open; the attention tells when something happens.
    case idle
    case opening
    case open(OpenChannel)
    /// It is being closed; `again` when something has happened meanwhile.
    case closing(again: Bool)
    /// It is gone, or the daemon ends.
    case over
  }

  /// Tells it from others that were, or will be, at its path.
  let number: Int
  /// Its directory.
  let path: String
  /// The handlers that take messages here, in the order of the configuration, by the side that they take them as.
  private(set) var handlers: [Side: [HandlerSetting]] = [:]
  var attention: ChannelAttention?
  var phase = Phase.idle
  /// When something happened last, or might have.
  var active = Moment.now
  /// Whether anything has happened since it was found, or closed.
  var hasHappened = false
  /// Whether it is being looked at how its readers are, and when it was last.
  var isLookedAt = false
  var looked: Moment?
  /// The sides whose events are read, and of which of its openings.
  var reading: [Side: OpenChannel] = [:]
  /// The bridges over it, by their names.
  var bridges: [String: ServedBridge] = [:]
  /// What goes by a new configuration.
  var renewal: Task<Void, Never>?
  /// From when on requests may have come that nobody has taken.
  var unansweredSince = Moment.now
  /// How it looked when it was closed; nil before, or where that could not be seen.
  var traces: [FileStamp?]?
  /// How often in a row it could not be opened, and when that is tried again.
  var failures = 0
  var retry: Moment?
  /// What is told of it.
  var status: ChannelStatus

  init(number: Int, path: String, named name: String, handlers: [HandlerSetting]) {
    self.number = number
    self.path = path
    status = ChannelStatus(path: path, name: name, phase: .idle)
    take(handlers)
  }

  /// A message of it, as handlers are given it that take it as a side.
  func job(_ message: Message, as side: Side) -> HandlerJob {
    HandlerJob(channel: name, path: path, direction: Direction(writtenBy: side.other), message: message)
  }

  /// Its path below its root, or its last name where the root itself is the channel.
  var name: String { status.name }

  /// Goes by these handlers from here on; false when none of its own is another one than before.
  @discardableResult
  func take(_ all: [HandlerSetting]) -> Bool {
    var taken: [Side: [HandlerSetting]] = [:]
    for handler in all where handler.channels.contains(where: { MethodPattern($0).matches(name) }) {
      taken[handler.side, default: []].append(handler)
    }
    guard taken != handlers else { return false }
    handlers = taken
    return true
  }

  /// A message goes to a handler.
  func begins() {
    active = .now
    hasHappened = true
    status.inFlight += 1
  }

  /// A handler is done with a message.
  func ends() {
    active = .now
    status.inFlight -= 1
  }

  /// Whether nothing has happened for so long; where nothing ever has, a shorter time counts.
  func isQuiet(at now: Moment, for linger: Duration, _ firstLinger: Duration) -> Bool {
    now.duration(since: active) >= (hasHappened ? linger : firstLinger)
  }

  func holds(_ channel: OpenChannel) -> Bool {
    if case .open(let open) = phase { open === channel } else { false }
  }

  /// The first handler that answers requests for this method.
  func handler(ofRequest method: String, as side: Side) -> HandlerSetting? {
    handlers[side]?.first { $0.methods.contains { MethodPattern($0).matches(method) } }
  }

  /// The first handler that takes an event of this name.
  func handler(ofEvent name: String, as side: Side) -> HandlerSetting? {
    handlers[side]?.first { $0.events.contains { MethodPattern($0).matches(name) } }
  }

  /// What is answered as a side: patterns of methods.
  func methods(as side: Side) -> Set<String> { Set(handlers[side]?.flatMap(\.methods) ?? []) }

  func takesEvents(as side: Side) -> Bool { handlers[side]?.contains { !$0.events.isEmpty } ?? false }

  /// How it is, as others are told.
  var told: ChannelStatus {
    var told = status
    told.phase =
      switch phase {
      case .idle: retry == nil ? .idle : .troubled
      case .opening: .opening
      case .open: .open
      case .closing, .over: .closing
      }
    return told
  }
}
