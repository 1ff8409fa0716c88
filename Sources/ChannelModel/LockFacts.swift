// What a look at a lock file shows.

/// What was seen of a lock file that is in the way.
package struct LockFacts: Hashable, Sendable {
  /// Its change lies before now, or in the future: then, how long ago somebody of ours first saw it there, if anybody.
  package enum Age: Hashable, Sendable {
    case past(Duration)
    case future(seenFor: Duration?)
  }

  package var contents: LockContents
  /// False for a directory, a symbolic link, a FIFO and whatever else may lie there.
  package var isRegularFile: Bool
  package var age: Age
  /// Whether nobody holds a flock on it; nil when that could not be found out.
  package var flockIsFree: Bool?

  package init(contents: LockContents, isRegularFile: Bool = true, age: Age, flockIsFree: Bool?) {
    self.contents = contents
    self.isRegularFile = isRegularFile
    self.age = age
    self.flockIsFree = flockIsFree
  }
}
