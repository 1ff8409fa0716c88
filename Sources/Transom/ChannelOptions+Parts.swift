// The options in the words of the parts that they are for.

internal import ChannelModel

extension ChannelFolder.Options {
  init(_ options: ChannelOptions) {
    self.init()
    isOnlyLookedAt = options.access == .monitor
    mayMonitor = true
    creates = options.creation == .ifMissing && !isOnlyLookedAt
    retention =
      switch options.retention {
      case .unread(let limit): .backPressure(limit: limit)
      case .newest(let bytes, let messages, let age): .latest(bytes: bytes, messages: messages, age: age)
      }
  }
}

extension Watcher.Manner {
  init(_ watching: ChannelOptions.Watching) {
    self =
      switch watching {
      case .automatic: .automatic
      case .polling: .polling
      }
  }
}
