// What differs between two configurations.

internal import ChannelAdmin

extension ReloadReport {
  init(from old: Configuration, to new: Configuration) {
    self.init()
    handlers = Self.changes(from: old.handlers, to: new.handlers)
    bridges = Self.changes(from: old.bridges, to: new.bridges)
    doors = Self.changes(from: old.doors, to: new.doors)
    rootsAdded = new.roots.filter { !old.roots.contains($0) }
    rootsRemoved = old.roots.filter { !new.roots.contains($0) }
  }

  private static func changes<Setting: NamedSetting>(from old: [Setting], to new: [Setting]) -> Changes {
    let former = Dictionary(uniqueKeysWithValues: old.map { ($0.name, $0) })
    var changes = Changes()
    for setting in new {
      switch former[setting.name] {
      case nil: changes.added.append(setting.name)
      case setting: break
      default: changes.changed.append(setting.name)
      }
    }
    let names = Set(new.map(\.name))
    changes.removed = old.map(\.name).filter { !names.contains($0) }
    return changes
  }

  /// The same for the log.
  var fields: [LogLine.Field] {
    let later = keysForNextStart.isEmpty ? [] : [(words: "from the next start on", names: keysForNextStart)]
    return (lines + later).map { words, names in
      LogLine.Field(words.split(separator: " ").joined(separator: "-"), names.joined(separator: " "))
    }
  }
}
