// A channel that the daemon serves.

internal import ChannelMessages
internal import ChannelModel
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

  /// Its directory.
  let path: String
  /// Its path below its root, or its last name where the root itself is the channel.
  let name: String
  /// The handlers that take messages here, in the order of the configuration, by the side that they take them as.
  let handlers: [Side: [HandlerSetting]]
  var attention: ChannelAttention?
  var phase = Phase.idle
  /// When something happened last, or might have.
  var active = Moment.now
  /// Whether anything has happened since it was found, or closed.
  var hasHappened = false
  /// Messages that are at handlers.
  var inFlight = 0
  var responders: [Responder] = []
  /// How often in a row it could not be opened, and when that is tried again.
  var failures = 0
  var retry: Moment?

  init(path: String, below root: String, handlers: [HandlerSetting]) {
    self.path = path
    let name =
      path == root ? path.split(separator: "/").last.map(String.init) ?? path : String(path.dropFirst(root.count + 1))
    self.name = name
    var taken: [Side: [HandlerSetting]] = [:]
    for handler in handlers where handler.channels.contains(where: { MethodPattern($0).matches(name) }) {
      taken[handler.side, default: []].append(handler)
    }
    self.handlers = taken
  }

  /// A message goes to a handler.
  func begins() {
    active = .now
    hasHappened = true
    inFlight += 1
  }

  /// A handler is done with a message.
  func ends() {
    active = .now
    inFlight -= 1
  }

  func holds(_ channel: OpenChannel) -> Bool {
    if case .open(let open) = phase { open === channel } else { false }
  }

  /// Takes no more requests; those that are at handlers are answered.
  func stopResponding() {
    for responder in responders { responder.stop() }
    responders = []
  }

  /// The first handler that takes an event of this name.
  func handler(ofEvent name: String, as side: Side) -> HandlerSetting? {
    handlers[side]?.first { $0.events.contains { MethodPattern($0).matches(name) } }
  }

  func takesEvents(as side: Side) -> Bool { handlers[side]?.contains { !$0.events.isEmpty } ?? false }
}
