// What a peer may be asked, and whether it is.

internal import ChannelModel

extension Peer {
  /// Whether it is one that answers.
  var answers: Bool { isAdmitted && !isListener && visitor?.mayBeAskedAnything ?? true }

  /// Whether a request for that may go to it.
  func mayBeAsked(_ method: String) -> Bool {
    isAdmitted && mayBeTold && !hasInputEnded && refusal == nil && !isListener && visitor?.mayBeAsked(method) ?? true
  }

  /// Whether it has had nothing to do for so long, either way.
  func isIdle(at now: Moment, after time: Duration) -> Bool {
    mayBeTold && outstanding == 0 && inFlight == 0 && !hasItems && now.duration(since: idleSince) >= time
  }
}
