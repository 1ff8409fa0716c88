// What a watch asks for, and what an event says.

/// The bits of inotify(7), named for what they mean here.
///
/// Two bits of the kernel are left out on purpose: `Inotify` itself sets IN_MASK_CREATE on every new watch, and
/// IN_MASK_ADD cannot go with it.
package struct InotifyMask: OptionSet, Hashable, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  // MARK: What happened to something in the directory, or to it

  /// A file was read.
  package static let read = Self(rawValue: 0x0000_0001)
  /// A file's bytes changed, in place.
  package static let modified = Self(rawValue: 0x0000_0002)
  /// Mode, times, owner or link count changed.
  package static let attributesChanged = Self(rawValue: 0x0000_0004)
  /// A file that was open for writing was closed.
  package static let closedAfterWriting = Self(rawValue: 0x0000_0008)
  /// A file that was open for reading alone was closed.
  package static let closedAfterReading = Self(rawValue: 0x0000_0010)
  /// A file was opened.
  package static let opened = Self(rawValue: 0x0000_0020)
  /// A name left the directory by rename.
  package static let movedFrom = Self(rawValue: 0x0000_0040)
  /// A name arrived in the directory by rename.
  package static let movedTo = Self(rawValue: 0x0000_0080)
  /// A name was made in the directory.
  package static let created = Self(rawValue: 0x0000_0100)
  /// A name was removed from the directory.
  package static let deleted = Self(rawValue: 0x0000_0200)
  /// What is watched was itself deleted. The kernel says so only once nobody holds it open, an O_PATH descriptor
  /// included.
  package static let selfDeleted = Self(rawValue: 0x0000_0400)
  /// What is watched was itself moved: the watch goes with it.
  package static let selfMoved = Self(rawValue: 0x0000_0800)

  // MARK: What only the kernel says

  /// The file system was unmounted; the watch ends.
  package static let unmounted = Self(rawValue: 0x0000_2000)
  /// Events were lost: look at everything once.
  package static let queueOverflow = Self(rawValue: 0x0000_4000)
  /// The watch is over, by removal or because what it watched is gone. Its number never comes back.
  package static let ignored = Self(rawValue: 0x0000_8000)
  /// What the event is about is a directory.
  package static let isDirectory = Self(rawValue: 0x4000_0000)

  // MARK: How to watch

  /// Refuse what is not a directory.
  package static let onlyDirectory = Self(rawValue: 0x0100_0000)
  /// Refuse a symbolic link at the end of the path.
  package static let dontFollow = Self(rawValue: 0x0200_0000)
  /// Say no more about a file once its name is gone from the directory.
  package static let excludeUnlinked = Self(rawValue: 0x0400_0000)
  /// One event, then the watch is over.
  package static let oneShot = Self(rawValue: 0x8000_0000)

  /// Every bit that has a name here.
  package static let known: Self = [
    .read, .modified, .attributesChanged, .closedAfterWriting, .closedAfterReading, .opened, .movedFrom, .movedTo,
    .created, .deleted, .selfDeleted, .selfMoved, .unmounted, .queueOverflow, .ignored, .isDirectory, .onlyDirectory,
    .dontFollow, .excludeUnlinked, .oneShot,
  ]

  /// The bits that have no name here: a newer kernel, or bytes that no kernel wrote.
  package var unknown: Self { subtracting(.known) }
}
