// What stands at a window's name.

internal import ChannelMessages
internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// A window's file as it was read, whatever it is.
package struct WindowReading: Sendable {
  enum Content: Sendable {
    case missing
    case blank
    case seen(SeenWindow)
    case torn(JSONError, [UInt8])
  }

  /// Nil when there is none.
  let stamp: FileStamp?
  let content: Content

  /// No larger window is read: the longest message fits, with what stands around it.
  package static let highestByteCount: Int64 = 65 << 20

  private static let limits = JSONLimits(bytes: Int(highestByteCount))

  /// Reads the window in a direction's channel; what is no regular file, a stranger's or too large is refused.
  static func read(
    _ name: String,
    in directory: Directory,
    knowing former: SeenWindow?,
    as ids: OwnIDs
  ) throws(ChannelError) -> WindowReading {
    try reading(at: directory.path(of: name)) { () throws(FileError) in
      try read(try directory.openRegularFile(name, limit: highestByteCount), knowing: former, as: ids)
    }
  }

  /// Reads one that came back when another was put in its place.
  static func read(
    _ file: DisplacedFile,
    knowing former: SeenWindow?,
    as ids: OwnIDs
  ) throws(ChannelError) -> WindowReading {
    try reading(at: file.path) { () throws(FileError) in
      try read(try file.open(limit: highestByteCount), knowing: former, as: ids)
    }
  }

  private static func reading(
    at path: String,
    _ read: () throws(FileError) -> WindowReading
  ) throws(ChannelError) -> WindowReading {
    do throws(FileError) {
      return try read()
    } catch .system(let error) where error.code == ENOENT {
      return WindowReading(stamp: nil, content: .missing)
    } catch {
      throw ChannelError(error, at: path)
    }
  }

  /// Reads an opened one.
  static func read(
    _ file: consuming OpenFile,
    knowing former: SeenWindow?,
    as ids: OwnIDs
  ) throws(FileError) -> WindowReading {
    // Of before its bytes were read: who writes in place meanwhile makes it another state, and that is looked at again.
    let stamp = file.factsAtOpening.stamp
    let bytes = try file.readAll(limit: highestByteCount)
    let content: Content =
      switch SeenWindow.look(at: bytes, knowing: former, as: ids, limits: limits) {
      case .blank: .blank
      case .seen(let seen): .seen(seen)
      case .torn(let error): .torn(error, bytes)
      }
    return WindowReading(stamp: stamp, content: content)
  }
}
