// One thing the kernel told about a watch.

/// An inotify event as it came: a hint that something changed, never a count of changes.
package struct InotifyEvent: Hashable, Sendable {
  /// The watch it belongs to; -1 where it belongs to none, as an overflow does.
  package let watch: Int32
  /// What happened.
  package let mask: InotifyMask
  /// Joins the two halves of a rename; 0 otherwise.
  package let cookie: UInt32
  /// The name inside the watched directory, as bytes since a name need not be text; empty where the event is about the
  /// directory itself.
  package let name: [UInt8]

  package init(watch: Int32, mask: InotifyMask, cookie: UInt32 = 0, name: [UInt8] = []) {
    self.watch = watch
    self.mask = mask
    self.cookie = cookie
    self.name = name
  }

  /// What stands for anything that was lost, by the kernel's queue or because its bytes made no sense.
  package static let overflow = Self(watch: -1, mask: .queueOverflow)

  /// Events were lost: whoever gets this looks at everything once.
  package var isOverflow: Bool { mask.contains(.queueOverflow) }

  /// The last event of its watch.
  package var endsWatch: Bool { mask.contains(.ignored) }

  /// The name as text, for a log line or a look-up by text; nil where it is not UTF-8.
  package var nameText: String? { String(validating: name, as: UTF8.self) }
}
