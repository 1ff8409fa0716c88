// What a daemon complains about.

package import ChannelAdmin

/// Everything that is wrong with a daemon, as its status tells it, each in a few words.
package enum DaemonTroubles {
  package static func of(_ status: DaemonStatus) -> [String] {
    var troubles: [String] = []
    if let problem = status.configuration.problem {
      let first = problem.split(separator: "\n").first.map(String.init) ?? problem
      troubles.append("the last reload was refused: \(first)")
    }
    for root in status.roots {
      if let trouble = root.trouble { troubles.append("root \(root.path): \(trouble)") }
    }
    for handler in status.handlers {
      if let trouble = handler.trouble { troubles.append("handler \(handler.name): \(trouble)") }
    }
    for bridge in status.bridges {
      if let trouble = bridge.trouble { troubles.append("\(bridge.kind.rawValue) \(bridge.name): \(trouble)") }
    }
    let count = status.channels.troubled
    if count > 0 { troubles.append(count == 1 ? "1 channel cannot be opened" : "\(count) channels cannot be opened") }
    return troubles
  }

  /// One line that says it all, and whether that is good.
  package static func verdict(_ status: DaemonStatus) -> (text: String, isGood: Bool) {
    let count = status.channels.known
    let channels = count == 1 ? "1 channel" : "\(count) channels"
    let state =
      switch status.phase {
      case .starting: "starting, \(channels) so far"
      case .serving: "serving \(channels)"
      case .ending: "ending"
      }
    let troubles = of(status)
    guard let first = troubles.first else { return ("\(state), all is well", true) }
    let more = troubles.count > 1 ? " (and \(troubles.count - 1) more)" : ""
    return ("\(state), in trouble: \(first)\(more)", false)
  }
}
