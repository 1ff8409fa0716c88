// How a channel directory comes to be there: whole, or not at all.

internal import ChannelMessages
internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// Makes channels, and what is missing of one.
///
/// Whatever it makes is made aside and gets its name by a rename that replaces nothing; who loses such a race takes what
/// the winner made. So processes may open a channel all at once, and nothing that is there is ever truncated.
struct ChannelMaker {
  let calls: any FileCalls
  let time: WallTime
  /// The key to make a hidden folder with; nil makes a new one.
  var key: ChannelKey?

  // MARK: A new one

  /// Makes a channel whole beside its place and renames it there, or leaves it to another who was faster.
  func make(at path: String) throws(ChannelError) {
    let (parentPath, name) = Self.split(path)
    let parent: Directory
    do {
      // Through a symbolic link, should it be one: only the channel itself must be none.
      parent = try Directory.open(parentPath + "/.", calls: calls)
    } catch .system(let error) where error.code == ENOENT {
      throw ChannelError(.noChannel, at: path, "\(parentPath) is missing", hint: "make that directory first")
    } catch {
      throw ChannelError(error, at: parentPath)
    }
    let aside = Self.asideName(for: name)
    do {
      try parent.makeSubdirectory(aside, permissions: 0o700)
    } catch {
      // The name aside is none that anybody knows.
      throw ChannelError(SystemError(error.call, on: parentPath, code: error.code), at: path)
    }
    try placeWhole(aside, as: name, in: parent, at: path) { () throws(ChannelError) in
      // By its path, as it will be opened later: it is its own measure of who is a stranger.
      let directory = try ChannelError.files(at: path) { () throws(FileError) in
        try Directory.open(parentPath + "/" + aside, calls: calls)
      }
      try fill(directory)
    }
  }

  private func fill(_ directory: Directory) throws(ChannelError) {
    let hidden = try ChannelError.files(at: directory.path) { () throws(FileError) in
      try directory.makeSubdirectory(ChannelLayout.hidden)
    }
    _ = try fillHidden(hidden)
    let staging = try Self.staging(of: hidden)
    try makeVisible(directory, staging)
  }

  /// Fills a directory that was made aside and gives it its name. Nothing of it stays when that fails, or when another
  /// was faster.
  private func placeWhole(
    _ aside: String,
    as name: String,
    in parent: Directory,
    at path: String,
    fill: () throws(ChannelError) -> Void
  ) throws(ChannelError) {
    do throws(ChannelError) {
      try fill()
      let isOurs = try ChannelError.calls(at: path) { () throws(SystemError) in
        try parent.renameIfFree(aside, to: name, in: parent)
      }
      if isOurs { return }
    } catch {
      discard(aside, in: parent)
      throw error
    }
    discard(aside, in: parent)
  }

  /// What is left of a failed making is a directory with a name of its own that nobody looks at.
  private func discard(_ aside: String, in directory: Directory) {
    try? directory.removeTree(aside)
  }

  // MARK: One that is there

  /// Whether there is anything in the directory that makes it a channel.
  func isChannel(_ directory: Directory) throws(ChannelError) -> Bool {
    let names = [ChannelLayout.hidden, ChannelLayout.information] + Direction.allCases.map(ChannelLayout.window)
    for name in names {
      let facts = try ChannelError.calls(at: directory.path) { () throws(SystemError) in try directory.facts(of: name) }
      if facts != nil { return true }
    }
    return false
  }

  /// Makes what is missing of a channel, and tells its key.
  func complete(_ directory: Directory) throws(ChannelError) -> ChannelKey {
    let hidden = try openHidden(of: directory)
    let key = try fillHidden(hidden)
    try makeVisible(directory, try Self.staging(of: hidden))
    return key
  }

  /// The key of a channel of which nothing is to be made.
  func key(of directory: Directory) throws(ChannelError) -> ChannelKey {
    let hidden: Directory?
    do {
      hidden = try directory.subdirectory(ChannelLayout.hidden)
    } catch .system(let error) where error.code == ENOENT {
      hidden = nil
    } catch {
      throw ChannelError(error, at: directory.path)
    }
    guard let hidden, let key = try readKey(in: hidden) else {
      throw ChannelError(
        .noChannel,
        at: directory.path(of: ChannelLayout.hidden),
        "is missing, wholly or in part: only 1.0 programs have used this channel",
        hint: "`transom init` makes it beside what is there"
      )
    }
    return key
  }

  private func openHidden(of directory: Directory) throws(ChannelError) -> Directory {
    for _ in 0..<8 {
      do {
        return try directory.subdirectory(ChannelLayout.hidden)
      } catch .system(let error) where error.code == ENOENT {
        try makeHidden(of: directory)
      } catch {
        throw ChannelError(error, at: directory.path)
      }
    }
    throw ChannelError(.noChannel, at: directory.path(of: ChannelLayout.hidden), "is removed again and again")
  }

  private func makeHidden(of directory: Directory) throws(ChannelError) {
    let aside = Self.asideName(for: "transom")
    let made = try ChannelError.files(at: directory.path) { () throws(FileError) in
      try directory.makeSubdirectory(aside)
    }
    try placeWhole(aside, as: ChannelLayout.hidden, in: directory, at: directory.path) { () throws(ChannelError) in
      _ = try fillHidden(made)
    }
  }

  // MARK: Below `.transom`

  private func fillHidden(_ hidden: Directory) throws(ChannelError) -> ChannelKey {
    let staging = try Self.staging(of: hidden)
    let key = try openKey(in: hidden, staging)
    for direction in Direction.allCases {
      let isThere = try ChannelError.calls(at: hidden.path) { () throws(SystemError) in
        try hidden.facts(of: ChannelLayout.Hidden.folder(direction)) != nil
      }
      if isThere { continue }
      _ = try DirectionPlaces.Opened(direction, below: hidden)
    }
    return key
  }

  static func staging(of hidden: Directory) throws(ChannelError) -> Staging {
    try ChannelError.files(at: hidden.path) { () throws(FileError) in
      Staging(try hidden.openOrMakeSubdirectory(ChannelLayout.Hidden.staging))
    }
  }

  /// Reads the key, making it when there is none.
  private func openKey(in hidden: Directory, _ staging: Staging) throws(ChannelError) -> ChannelKey {
    for _ in 0..<8 {
      if let key = try readKey(in: hidden) { return key }
      // Flushed before it has its name: a channel whose key was torn by a power loss could not be opened by anybody.
      try place((key ?? Self.newKey()).encode(), as: ChannelLayout.Hidden.key, in: hidden, staging, isFlushed: true)
    }
    throw ChannelError(.noChannel, at: hidden.path(of: ChannelLayout.Hidden.key), "is removed again and again")
  }

  /// Nil when there is none.
  private func readKey(in hidden: Directory) throws(ChannelError) -> ChannelKey? {
    let path = hidden.path(of: ChannelLayout.Hidden.key)
    let bytes: [UInt8]
    do {
      bytes = try hidden.openRegularFile(ChannelLayout.Hidden.key, limit: 4_096).readAll(limit: 4_096)
    } catch .system(let error) where error.code == ENOENT {
      return nil
    } catch {
      throw ChannelError(error, at: path)
    }
    do {
      return try ChannelKey(decoding: bytes)
    } catch {
      throw ChannelError(error, at: path)
    }
  }

  static func newKey() -> ChannelKey {
    var generator = SystemRandomNumberGenerator()
    return ChannelKey(random: (0..<48).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  // MARK: What 1.0 peers see

  private func makeVisible(_ directory: Directory, _ staging: Staging) throws(ChannelError) {
    for direction in Direction.allCases {
      try placeIfMissing(Array("[]".utf8), as: ChannelLayout.window(direction), in: directory, staging)
    }
    let information = #"{"version":"1.0","created":\#(time.milliseconds),"protocol":"file-ipc"}"#
    try placeIfMissing(Array(information.utf8), as: ChannelLayout.information, in: directory, staging)
  }

  private func placeIfMissing(
    _ bytes: [UInt8],
    as name: String,
    in directory: Directory,
    _ staging: Staging
  ) throws(ChannelError) {
    let facts = try ChannelError.calls(at: directory.path) { () throws(SystemError) in try directory.facts(of: name) }
    if facts == nil { try place(bytes, as: name, in: directory, staging) }
  }

  /// Makes a file aside and gives it a name that nobody has; when somebody has it by now, that one stays.
  private func place(
    _ bytes: [UInt8],
    as name: String,
    in directory: Directory,
    _ staging: Staging,
    isFlushed: Bool = false
  ) throws(ChannelError) {
    let aside = staging.makeName("new")
    try ChannelError.calls(at: directory.path(of: name)) { () throws(SystemError) in
      do throws(SystemError) {
        let file = try staging.directory.create(aside)
        try file.write(bytes.span, at: 0)
        if isFlushed { try file.sync() }
        try file.close()
        if try staging.directory.renameIfFree(aside, to: name, in: directory) { return }
      } catch {
        staging.discard(aside)
        throw error
      }
      staging.discard(aside)
    }
  }

  // MARK: Names

  private static func split(_ path: String) -> (parent: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let parent = path[..<slash]
    return (parent.isEmpty ? "/" : String(parent), String(path[path.index(after: slash)...]))
  }

  /// A name that nobody else makes, and that a listing does not show: it is cut where it would grow too long.
  private static func asideName(for name: String) -> String {
    var start = Substring(name)
    while start.utf8.count > 200 { start.removeLast() }
    return ".\(start).\(String(UInt64.random(in: .min ... .max), radix: 16))"
  }
}
