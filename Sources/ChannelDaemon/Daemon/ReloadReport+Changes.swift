// What differs between two configurations.

internal import ChannelAdmin

extension ReloadReport {
  init(from old: Configuration, to new: Configuration) {
    self.init()
    let former = Dictionary(uniqueKeysWithValues: old.handlers.map { ($0.name, $0) })
    for setting in new.handlers {
      switch former[setting.name] {
      case nil: handlersAdded.append(setting.name)
      case setting: break
      default: handlersChanged.append(setting.name)
      }
    }
    let names = Set(new.handlers.map(\.name))
    handlersRemoved = old.handlers.map(\.name).filter { !names.contains($0) }
    rootsAdded = new.roots.filter { !old.roots.contains($0) }
    rootsRemoved = old.roots.filter { !new.roots.contains($0) }
  }

  /// The same for the log.
  var fields: [LogLine.Field] {
    [
      ("handlers-added", handlersAdded), ("handlers-changed", handlersChanged), ("handlers-removed", handlersRemoved),
      ("roots-added", rootsAdded), ("roots-removed", rootsRemoved), ("from-the-next-start-on", keysForNextStart),
    ].filter { !$0.1.isEmpty }.map { LogLine.Field($0.0, $0.1.joined(separator: " ")) }
  }
}
