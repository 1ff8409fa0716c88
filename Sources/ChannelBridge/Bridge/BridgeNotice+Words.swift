// What a bridge tells, in words.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelWires
internal import LinuxIO
internal import Transom

extension BridgeNotice: Notice {
  private static func quoted(_ text: some StringProtocol) -> String { QuotedText.of(text) }

  package var isTrouble: Bool {
    switch self {
    case .listening, .connected, .lost(_, nil), .over: false
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
    case .lost(let name, nil): "\(Self.quoted(name)) is done"
    case .lost(let name, let words?): "\(Self.quoted(name)) is lost: \(Self.quoted(words))"
    case .unreachable(let name, let error, let pause):
      "\(name) cannot be reached: \(error.what); tried again in \(DurationText.text(pause))"
    case .shutOut(let name, let fault, let pause):
      "\(name) lets nobody in: \(Self.quoted(fault.text)) (\(fault.remedy)); tried again in \(DurationText.text(pause))"
    case .aloneThere(let name, let words, let pause):
      "no further connection to \(name) is to be had: \(Self.quoted(words)); tried again in \(DurationText.text(pause))"
    case .over(nil): "all is said"
    case .over(let words?): "it is over: \(Self.quoted(words))"
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
