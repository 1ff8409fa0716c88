// Directories below which channels are looked for.

/// What is known of the directories below some roots: a pure value that is fed listings, and says what they changed.
package struct FolderTree: Sendable {
  /// A directory that nobody can take for another one.
  package struct Identity: Hashable, Sendable {
    package let device: UInt64
    package let inode: UInt64

    package init(device: UInt64, inode: UInt64) {
      self.device = device
      self.inode = inode
    }
  }

  /// What was found in a directory.
  package struct Listing: Hashable, Sendable {
    package var isChannel: Bool
    /// The names of the directories in it that may be or hold channels.
    package var children: Set<String>

    package init(isChannel: Bool = false, children: Set<String> = []) {
      self.isChannel = isChannel
      self.children = children
    }
  }

  /// What a listing says that was not known.
  package struct Change: Hashable, Sendable {
    /// Names that are to be looked at.
    package var new: [String] = []
    /// Paths of directories that are not there any more.
    package var lost: [String] = []
    /// Paths of channels among those.
    package var lostChannels: [String] = []
    /// Whether the directory itself became a channel, or ceased to be one.
    package var isNowChannel: Bool?

    package init() {}
  }

  private struct Folder {
    var identity: Identity
    var listing: Listing
  }

  private var folders: [String: Folder] = [:]

  package init() {}

  package var count: Int { folders.count }
  package var channels: Set<String> { Set(folders.lazy.filter(\.value.listing.isChannel).map(\.key)) }

  package func identity(of path: String) -> Identity? { folders[path]?.identity }
  package func children(of path: String) -> Set<String> { folders[path]?.listing.children ?? [] }
  package func isChannel(_ path: String) -> Bool { folders[path]?.listing.isChannel ?? false }

  /// Takes in what was found at a path. Where another directory had it before, all that was known below is lost.
  package mutating func update(_ path: String, _ identity: Identity, _ listing: Listing) -> Change {
    var change = Change()
    if let known = folders[path], known.identity != identity { change = remove(path) }
    let known = folders[path]?.listing ?? Listing()
    for name in known.children.subtracting(listing.children).sorted() {
      let below = remove(Self.path(of: name, in: path))
      change.lost += below.lost
      change.lostChannels += below.lostChannels
    }
    // Also those that could not be looked at when they were new.
    change.new = listing.children.filter { folders[Self.path(of: $0, in: path)] == nil }.sorted()
    if known.isChannel != listing.isChannel { change.isNowChannel = listing.isChannel }
    folders[path] = Folder(identity: identity, listing: listing)
    return change
  }

  /// Forgets a directory and all below it.
  package mutating func remove(_ path: String) -> Change {
    var change = Change()
    var open = [path]
    while let path = open.popLast() {
      guard let folder = folders.removeValue(forKey: path) else { continue }
      change.lost.append(path)
      if folder.listing.isChannel { change.lostChannels.append(path) }
      open += folder.listing.children.sorted(by: >).map { Self.path(of: $0, in: path) }
    }
    return change
  }

  package static func path(of name: String, in path: String) -> String { path == "/" ? "/\(name)" : "\(path)/\(name)" }
}
