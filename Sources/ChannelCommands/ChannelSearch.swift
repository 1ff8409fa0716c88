// Finds the channels below a directory, again and again.

internal import ChannelModel
internal import LinuxIO
internal import Transom

/// Walks through the directories below a root. A directory that nobody has changed since it was last listed is not
/// listed again, so a look at thousands costs three calls each. No symbolic link is followed.
struct ChannelSearch {
  /// A directory that nobody can take for another one.
  struct Identity: Hashable, Sendable {
    let device: UInt64
    let inode: UInt64
  }

  /// What one look has shown.
  struct Look {
    /// The channels by their paths.
    var channels: [String: Identity] = [:]
    /// What could not be looked at, and why: told once each.
    var troubles: [String] = []
  }

  private struct Listing {
    let stamp: FileStamp
    /// Whether it had been left alone for a while when it was listed; else it may have changed with the same time.
    let isSettled: Bool
    let directories: [String]
    let isChannel: Bool
  }

  private let root: String
  private var listings: [String: Listing] = [:]
  private var told: Set<String> = []
  /// A tree that goes deeper, or has more, is not walked to its end.
  private static let greatestDepth = 64
  private static let mostDirectories = 100_000
  /// File systems' clocks are this coarse, at the worst (vfat).
  private static let settling = Duration.seconds(2)

  init(_ root: String) {
    self.root = root
  }

  /// Looks at everything.
  mutating func look() -> Look {
    var look = Look()
    var next: [String: Listing] = [:]
    var open = [(path: root, depth: 0)]
    var complaints: [String] = []
    while let (path, depth) = open.popLast() {
      guard next.count < Self.mostDirectories else {
        complaints.append("\(root): it has more than \(Self.mostDirectories) directories, and not all are looked at")
        break
      }
      guard let (listing, identity) = list(path, &complaints) else { continue }
      next[path] = listing
      if listing.isChannel { look.channels[path] = identity }
      guard depth < Self.greatestDepth else { continue }
      for name in listing.directories { open.append((path == "/" ? "/\(name)" : "\(path)/\(name)", depth + 1)) }
    }
    listings = next
    look.troubles = complaints.filter { told.insert($0).inserted }
    // What is well again may be told again.
    told.formIntersection(complaints)
    return look
  }

  // MARK: Parts

  private func list(_ path: String, _ complaints: inout [String]) -> (Listing, Identity)? {
    do throws(FileError) {
      let directory = try Directory.open(path)
      let stamp = directory.factsAtOpening.stamp
      let identity = Identity(device: stamp.device, inode: stamp.inode)
      if let known = listings[path], known.isSettled, known.stamp == stamp { return (known, identity) }
      do throws(SystemError) {
        return (try list(directory, stamp), identity)
      } catch {
        throw FileError.system(error)
      }
    } catch {
      // What is gone, or no directory any more, is none; the root's absence is told.
      if path == root { complaints.append("\(ChannelError(error, at: path))") }
      if path != root, case .system(let error) = error, !error.isMissing {
        complaints.append("\(path): \(error.reason), so what is below it is not watched")
      }
      return nil
    }
  }

  private func list(_ directory: Directory, _ stamp: FileStamp) throws(SystemError) -> Listing {
    var directories: [String] = []
    var isChannel = false
    for name in try directory.names() {
      if name == ChannelLayout.information {
        isChannel = try directory.facts(of: name)?.kind == .regular
        continue
      }
      guard name != ChannelLayout.hidden, !AsideName.isOne(name), try directory.facts(of: name)?.kind == .directory
      else { continue }
      directories.append(name)
    }
    let age = stamp.modified.age(at: FileTime.now()) ?? .zero
    return Listing(
      stamp: stamp,
      isSettled: age >= Self.settling,
      directories: directories.sorted(by: >),
      isChannel: isChannel
    )
  }
}
