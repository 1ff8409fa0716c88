// How much of inotify there is to have.

/// The limits of inotify as they stand now. nil: the file is not there or not to be read.
///
/// Read from `/proc/sys` and not by the library's getters: those would be calls beside the one that may be under way,
/// and the one for queued events reads a file that does not exist.
package struct InotifyLimits: Hashable, Sendable {
  /// `fs.inotify.max_user_watches`: watches of one user.
  package let watches: Int?
  /// `fs.inotify.max_user_instances`: instances of one user.
  package let instances: Int?
  /// `fs.inotify.max_queued_events`: events that wait unread in one instance; one more is an overflow.
  package let queuedEvents: Int?
  /// `user.max_inotify_watches`: the same of one user of this user namespace, under those of every namespace around it.
  package let namespaceWatches: Int?
  /// `user.max_inotify_instances`, likewise.
  package let namespaceInstances: Int?

  /// Reads them.
  package static func current() -> Self {
    Self(
      watches: ProcFile.number(in: "/proc/sys/fs/inotify/max_user_watches"),
      instances: ProcFile.number(in: "/proc/sys/fs/inotify/max_user_instances"),
      queuedEvents: ProcFile.number(in: "/proc/sys/fs/inotify/max_queued_events"),
      namespaceWatches: ProcFile.number(in: "/proc/sys/user/max_inotify_watches"),
      namespaceInstances: ProcFile.number(in: "/proc/sys/user/max_inotify_instances")
    )
  }

  /// Which setting holds watches down: the lower of the two.
  package var watchLimit: InotifyLimit {
    .lower(
      of: InotifyLimit(setting: "fs.inotify.max_user_watches", value: watches, sensible: 65_536),
      InotifyLimit(setting: "user.max_inotify_watches", value: namespaceWatches, sensible: 65_536)
    )
  }

  /// Which setting holds instances down: the lower of the two.
  package var instanceLimit: InotifyLimit {
    .lower(
      of: InotifyLimit(setting: "fs.inotify.max_user_instances", value: instances, sensible: 512),
      InotifyLimit(setting: "user.max_inotify_instances", value: namespaceInstances, sensible: 512)
    )
  }
}
