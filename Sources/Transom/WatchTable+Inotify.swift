// Between the kernel's words and the watch table's.

internal import ChannelModel
internal import LinuxIO

extension WatchTable.Event {
  /// What an event says; nil for what nobody asked for.
  init?(_ event: InotifyEvent) {
    let mask = event.mask
    if mask.contains(.modified) {
      self = .modified(name: event.name)
    } else if mask.contains(.movedTo) {
      self = .movedIn(name: event.name)
    } else if mask.contains(.movedFrom) {
      self = .movedOut(name: event.name)
    } else if mask.contains(.created) {
      self = .created(name: event.name)
    } else if mask.contains(.deleted) {
      self = .deleted(name: event.name)
    } else if mask.contains(.closedAfterWriting) {
      self = .closedAfterWriting(name: event.name)
    } else if mask.contains(.opened) {
      self = .opened(name: event.name)
    } else if mask.contains(.ignored) {
      self = .ignored
    } else if mask.contains(.selfDeleted) {
      self = .directoryDeleted
    } else if mask.contains(.selfMoved) {
      self = .directoryMoved
    } else if mask.contains(.unmounted) {
      self = .unmounted
    } else {
      return nil
    }
  }
}

extension WatchTable.Place {
  /// What is asked of the kernel for such a directory. The deletion of a directory that is held open is not told; that of
  /// the files in it is, and the table knows the one that is never removed alone.
  func mask(for interest: WatchInterest) -> InotifyMask {
    switch self {
    case .channel:
      // A window arrives by rename, or is written in place; a hidden folder of ours arrives by rename. Names that are made
      // are not asked for: every lock and every temporary file of a 1.0 program would wake us.
      InotifyMask([.selfDeleted, .selfMoved, .onlyDirectory, .excludeUnlinked])
        .union(interest.contains(.writes) ? [.movedTo, .closedAfterWriting] : [])
        .union(interest.contains(.opens) ? .opened : [])
    case .folder: [.created, .movedTo, .movedFrom, .deleted, .selfDeleted, .selfMoved, .onlyDirectory]
    case .journal: [.modified, .movedTo, .created, .deleted, .selfDeleted, .selfMoved, .onlyDirectory]
    }
  }
}
