// What a door tells.

package import LinuxIO
package import Transom

/// Something that whoever runs a door may want to know.
package enum DoorNotice: Notice {
  case listening(at: String)
  /// Somebody was closed out, because as many are connected as may be.
  case full(most: Int)
  /// Nobody can be let in now; it is tried again and again.
  case paused(SystemError)
  /// Somebody was not let in, and why, which he was not told.
  case refused(who: String, why: String)
  /// Somebody who was there was sent away, and why, of which he was told only that.
  case dismissed(who: String, why: String)
  /// What somebody asked for went wrong in the channel, of which he was told only that.
  case troubled(ChannelError)
  /// What the program behind a gateway has answered cannot be passed on, and why, of which whoever asked was told only
  /// that.
  case misanswered(channel: String, why: String)

  package var isTrouble: Bool { if case .listening = self { false } else { true } }

  package var description: String {
    switch self {
    case .listening(let place): "listening at \(place)"
    case .full(let most): "somebody was closed out: \(most) are connected, and no more may be"
    case .paused(let error): "nobody can be let in now: \(error.what)"
    case .refused(let who, let why): "\(who) was not let in: \(why)"
    case .dismissed(let who, let why): "\(who) was sent away: \(why)"
    case .troubled(let error): "\(error)"
    case .misanswered(let channel, let why): "what \(channel) answered by HTTP was not passed on: \(why)"
    }
  }
}
