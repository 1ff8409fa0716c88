// A file that is whole and that nobody sees yet.

internal import Synchronization

/// A file in staging, written to its end; published by `AtomicFile`, or removed when it is let go of.
///
/// After it was published this object only holds the inode open, if it was staged so.
package final class StagedFile: Sendable {
  /// What the published file is known by: compare a look at the window with it.
  package let stamp: FileStamp
  let name: String
  let staging: Staging
  let held: HeldFile?
  private let isOwedRemoval = Atomic(true)

  init(_ held: HeldFile?, name: String, stamp: FileStamp, staging: Staging) {
    self.held = held
    self.name = name
    self.stamp = stamp
    self.staging = staging
  }

  /// Its name in staging is not its own any more: it was published, and what came back may have that name.
  func left() {
    isOwedRemoval.store(false, ordering: .relaxed)
  }

  var isInStaging: Bool { isOwedRemoval.load(ordering: .relaxed) }

  /// Removes it unpublished.
  package func remove() {
    if isOwedRemoval.exchange(false, ordering: .relaxed) { staging.discard(name) }
  }

  deinit {
    remove()
  }
}
