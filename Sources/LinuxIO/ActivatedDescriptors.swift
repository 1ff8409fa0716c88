// Descriptors that were opened before this program was begun.

internal import Glibc

/// What a supervisor opened for this process and handed over, as systemd does for socket units: sd_listen_fds(3).
///
/// Each is taken once, by its name. A program that is done taking closes those that it does not know by taking them, too.
package struct ActivatedDescriptors: Hashable, Sendable {
  /// One that is there to be taken.
  package struct Entry: Hashable, Sendable {
    package let number: Int32
    package let name: String

    package init(number: Int32, name: String) {
      self.number = number
      self.name = name
    }
  }

  /// Those that nobody has taken, in the order in which the unit names them.
  package private(set) var entries: [Entry]

  /// The first one has this number, and the others follow.
  private static let first: Int32 = 3
  /// What one is called whose unit gives it no name.
  private static let nameless = "unknown"

  /// Reads what the environment says, and touches no descriptor. There are none when it speaks to another process, as
  /// variables that were inherited do.
  package init(environment: [String: String], process: Int32) throws(ActivationError) {
    entries = []
    guard let addressee = environment["LISTEN_PID"], let count = environment["LISTEN_FDS"] else { return }
    guard let addressee = Int32(addressee), addressee > 0 else { throw .process(addressee) }
    guard addressee == process else { return }
    guard let number = Int32(count), number > 0, number <= .max - Self.first else { throw .count(count) }
    var names: [String] = []
    if let text = environment["LISTEN_FDNAMES"] {
      names = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard names.count == Int(number) else { throw .names(names.count, descriptors: Int(number)) }
    }
    for place in 0..<Int(number) {
      entries.append(Entry(number: Self.first + Int32(place), name: names.isEmpty ? Self.nameless : names[place]))
    }
  }

  /// Those of this process. To be called before anything else opens files or starts programs: they are marked at once, so
  /// that no program of ours inherits them.
  ///
  /// - Throws: An `ActivationError`, or a `SystemError` when a descriptor that was announced is not there.
  package static func inherited(environment: [String: String]) throws -> Self {
    let descriptors = try Self(environment: environment, process: getpid())
    for entry in descriptors.entries {
      _ = try systemCall("fcntl", on: "descriptor \(entry.number)") { fcntl(entry.number, F_SETFD, FD_CLOEXEC) }
    }
    return descriptors
  }

  /// Gives away the first one of this name; nil when there is none.
  package mutating func take(_ name: String) -> OwnedDescriptor? {
    guard let place = entries.firstIndex(where: { $0.name == name }) else { return nil }
    return OwnedDescriptor(taking: entries.remove(at: place).number)
  }
}
