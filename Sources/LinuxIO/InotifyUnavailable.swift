// Why there is no inotify to be had.

/// Why this process cannot have its inotify instance: polling serves instead.
package enum InotifyUnavailable: Error, Hashable, Sendable {
  /// Another owner in this process has it: there is one for each process, since all of the library's state is static.
  case inUse
  /// The descriptor would be (or, in a race with other opens, was) numbered past what the library's select(2) can name:
  /// its next wait would abort the process.
  case descriptorTooHigh(next: Int32)
  /// This user has as many instances as are allowed.
  case tooManyInstances(InotifyLimit)
  /// The library has its descriptor, but which one it is cannot be told: `/proc` is missing or is another namespace's.
  case descriptorNotFound
  /// A call was refused for another reason.
  case refused(SystemError)

  /// The first number that select(2) cannot name.
  package static let firstTooHigh: Int32 = 1_024
}

extension InotifyUnavailable: CustomStringConvertible {
  package var description: String {
    switch self {
    case .inUse:
      "inotify: this process already has its one instance"
    case .descriptorTooHigh(let next):
      """
      inotify: its descriptor would be number \(next), and must be under \(Self.firstTooHigh): \
      open the first channel before other files and connections
      """
    case .tooManyInstances(let limit):
      "inotify: this user has as many instances as are allowed: \(limit)"
    case .descriptorNotFound:
      "inotify: its descriptor cannot be found in /proc/self/fd: mount /proc"
    case .refused(let error):
      "inotify: \(error)"
    }
  }
}
