// What a bridge tells, in words.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelWires
package import LinuxIO
internal import Transom

extension BridgeNotice: Notice {
  private static func quoted(_ text: some StringProtocol) -> String { QuotedText.of(text) }

  /// Our own words end with what to do; those of others in them were cut before.
  private static func own(_ text: String) -> String { QuotedText.harmless(text) }

  /// Why nobody was reached.
  package static func words(of error: SystemError) -> String {
    if let fault = PlaceFault(makingFifo: error) { return "\(fault.what) (\(fault.remedy))" }
    // Of a program, or of a FIFO, that would not be true.
    let isAboutListening = ["connect", "getaddrinfo"].contains(error.call) && error.isNobodyThere
    return isAboutListening ? "nobody listens there: \(error.reason)" : error.what
  }

  private static func again(_ pause: Duration?) -> String {
    pause.map { "; tried again in \(DurationText.text($0))" } ?? ""
  }

  package var isTrouble: Bool {
    switch self {
    case .listening, .connected, .lost(_, nil, _), .over: false
    case .lost, .unreachable, .shutOut, .aloneThere, .paused, .full, .refused, .refusedThere, .dropped, .forgotten,
      .missing,
      .troubled:
      true
    }
  }

  package var description: String {
    switch self {
    case .listening(let place): "listening at \(place)"
    case .connected(let name): "connected with \(Self.quoted(name))"
    case .full(let place): "somebody was closed out at \(place): as many are connected as may be"
    case .lost(let name, nil, let pause): "\(Self.quoted(name)) is done\(Self.again(pause))"
    case .lost(let name, let words?, let pause): "\(Self.quoted(name)) is lost: \(Self.own(words))\(Self.again(pause))"
    case .unreachable(let name, let error, let pause):
      "\(name) cannot be reached: \(Self.words(of: error))\(Self.again(pause))"
    case .shutOut(let name, .refused(let fault), let pause):
      "\(name) lets nobody in: \(Self.quoted(fault.text)) (\(fault.remedy))\(Self.again(pause))"
    case .shutOut(let name, let failure, let pause): "\(name) is lost: \(Self.own(failure.text))\(Self.again(pause))"
    case .aloneThere(let name, let words, let pause):
      "no further connection to \(name) is to be had: \(Self.own(words))\(Self.again(pause))"
    case .over(nil): "all is said"
    case .over(let words?): "it is over: \(Self.own(words))"
    case .paused(let place, let error): "nobody can be let in at \(place) now: \(error.what)"
    case .refused(let name, let refusal): "what \(Self.quoted(name)) wrote is refused: \(Self.quoted("\(refusal)"))"
    case .refusedThere(let name, let words): "\(Self.quoted(name)) refuses what it gets: \(Self.quoted(words))"
    case .dropped(let message, let why):
      "\(message.kind.rawValue) \(Self.quoted(message.method ?? "")) (\(Self.quoted(message.id))) does not go across: \(why)"
    case .forgotten(let reader, let time):
      "nothing is kept for \(Self.quoted(reader)) any more: nobody has come by this name for \(DurationText.text(time))"
    case .missing(let name, let gap): "messages for \(Self.quoted(name)) are missing: \(gap)"
    case .troubled(let error): "\(error)"
    }
  }
}
