// Why something is not watched.

/// Why a watch was refused. Whatever the reason, the instance and its other watches go on.
package enum InotifyRefusal: Error, Hashable, Sendable {
  /// There is nothing at this path.
  case missing(String)
  /// Something is there, but no directory, and the mask asked for one.
  case notDirectory(String)
  /// It has a watch already: one inode has one watch in an instance, whatever the paths that lead to it.
  case alreadyWatched(String)
  /// The watch to be changed is over, or is another directory's.
  case notItsWatch(Int32)
  /// This user has as many watches as are allowed.
  case tooManyWatches(InotifyLimit)
  /// A call was refused for another reason.
  case refused(SystemError)
}

extension InotifyRefusal: CustomStringConvertible {
  package var description: String {
    switch self {
    case .missing(let path): "\(path): nothing there to watch"
    case .notDirectory(let path): "\(path): not a directory"
    case .alreadyWatched(let path): "\(path): already watched"
    case .notItsWatch(let watch): "watch \(watch) is over, or another directory's"
    case .tooManyWatches(let limit): "this user has as many watches as are allowed: \(limit)"
    case .refused(let error): "\(error)"
    }
  }
}
