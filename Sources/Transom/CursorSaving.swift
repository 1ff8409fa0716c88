// How soon an acknowledgement holds.

internal import ChannelModel

/// When a durable reader's acknowledgements are written down.
public enum CursorSaving: Sendable, Hashable {
  /// Several at once, at most 10 ms or 100 messages late: after a crash so much may be delivered again.
  case coalesced
  /// Each before `acknowledge()` returns: nothing that was acknowledged is delivered again, unless the power
  /// fails.
  case each

  var ofProgress: ReaderProgress.Saving {
    switch self {
    case .coalesced: .coalesced
    case .each: .each
    }
  }
}
