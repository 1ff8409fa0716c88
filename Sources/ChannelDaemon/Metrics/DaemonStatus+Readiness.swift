// Whether the daemon does what it is there for.

internal import ChannelAdmin

extension DaemonStatus {
  /// Why nothing, or not everything, is served; empty when all is well.
  var reasonsAgainstReadiness: [String] {
    var reasons: [String] = []
    switch phase {
    case .starting: reasons.append("the daemon is starting")
    case .ending: reasons.append("the daemon is ending")
    case .serving: break
    }
    for root in roots {
      if let trouble = root.trouble { reasons.append("\(root.path): \(trouble)") }
    }
    return reasons
  }
}
