// Where files are made before anybody can see them, and put aside before anybody loses them.

internal import Glibc
internal import Synchronization

/// A directory on the same file system as the names it serves, where nobody watches.
package final class Staging: Sendable {
  package let directory: Directory
  /// Between hyphens: what tells this instance's names from all others'.
  private let instance: String
  private let counter = Atomic<UInt64>(0)
  /// What could not be removed yet; bounded, what is beyond stays until somebody sweeps.
  private let leftovers = Mutex<[String]>([])

  package init(_ directory: Directory) {
    self.directory = directory
    instance = "-\(String(UInt64.random(in: .min ... .max), radix: 16))-"
  }

  /// A name that nobody else makes: other processes, also in other containers, have another instance.
  package func makeName(_ purpose: String) -> String {
    let number = counter.wrappingAdd(1, ordering: .relaxed).newValue
    return purpose + instance + String(number)
  }

  /// Removes a file of ours; what cannot be removed now is tried again with the next one.
  package func discard(_ name: String) {
    remove(name)
  }

  /// Removes what could not be removed before.
  package func removeLeftovers() {
    let names = leftovers.withLock { list in
      defer { list = [] }
      return list
    }
    for name in names { remove(name) }
  }

  /// Nobody needs a file here for so long.
  package static let patience = Duration.seconds(600)

  /// What a file here is for that anybody may remove at any time, since who still wants it makes it anew.
  package enum Expendable: String, CaseIterable, Sendable {
    /// A lock that is about to be linked into place, again and again.
    case lock
    /// A second name of a file, for reading it by.
    case read
    /// A mark of when a file was seen first.
    case seen
  }

  package func makeName(_ purpose: Expendable) -> String { makeName(purpose.rawValue) }

  /// Removes those of these files that programs have left here which were killed.
  package func removeAbandoned(among names: [String], at now: FileTime) {
    for name in names where Expendable.allCases.contains(where: { name.hasPrefix($0.rawValue + "-") }) {
      // What cannot be looked at, or was touched since, is left to who comes next.
      guard let facts = try? directory.facts(of: name), facts.kind == .regular,
        let age = facts.changed.age(at: now), age > Self.patience
      else { continue }
      discard(name)
    }
  }

  /// What a file here is marked with that holds nothing anybody wants, and is kept to be written anew.
  static let timeOfSpares = FileTime(seconds: 0, nanoseconds: 0)

  /// Whether a file here was kept to be written anew; its program may have died since.
  package func isSpare(_ name: String) throws(SystemError) -> Bool {
    try directory.facts(of: name)?.stamp.modified.seconds == Self.timeOfSpares.seconds
  }

  /// How many files wait for another try at removing them.
  package var leftoverCount: Int { leftovers.withLock { $0.count } }

  private func remove(_ name: String) {
    do {
      try directory.unlink(name)
    } catch {
      switch error.code {
      case ENOENT: return
      case EISDIR:
        // Somebody's directory that stood in a file's place; only an empty one goes.
        try? directory.removeSubdirectory(name)
      default: leftovers.withLock { if $0.count < 256 { $0.append(name) } }
      }
    }
  }
}
