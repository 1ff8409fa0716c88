// What begins each of our files, and what is wrong with one.

internal import ChannelMessages

/// One kind of file of ours, told by its first six letters.
package enum DiskFormat: String, CaseIterable, Hashable, Sendable {
  case key = "TSMKEY"
  case segment = "TSMSEG"
  case projected = "TSMPRJ"
  case importedIDs = "TSMIDS"
  case reader = "TSMCUR"
  case projectLock = "TSMLCK"
  case claims = "TSMCLM"

  /// The version that this code writes, and the highest that it reads.
  package static let version: UInt16 = 1

  /// Letters and version.
  package static let byteCount = 8

  package var opening: [UInt8] {
    var bytes = Array(rawValue.utf8)
    bytes.append(littleEndian: Self.version)
    return bytes
  }

  /// The same, and as many zeros behind them as make so many bytes.
  package func opening(of byteCount: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: byteCount)
    bytes.replaceSubrange(0..<Self.byteCount, with: opening)
    return bytes
  }

  /// What keeps a file from being read.
  package enum Fault: Hashable, Sendable {
    case tooShort(Int, needed: Int)
    case foreign
    case newer(version: UInt16)
    case checksum
    case impossible(field: String)
  }

  /// Says which kind of file is at fault, and how.
  package struct Failure: Error, Hashable, Sendable {
    package let format: DiskFormat
    package let fault: Fault

    package init(_ format: DiskFormat, _ fault: Fault) {
      self.format = format
      self.fault = fault
    }
  }

  /// Checks letters, version, length and the checksum, at `checksumOffset`, of all before it.
  ///
  /// The version is judged before the rest: a newer file may differ in everything behind it.
  package func check(_ bytes: [UInt8], needs byteCount: Int, checksumAt checksumOffset: Int) throws(Failure) {
    guard bytes.count >= Self.byteCount else { throw Failure(self, .tooShort(bytes.count, needed: byteCount)) }
    guard bytes[..<6].elementsEqual(rawValue.utf8) else { throw Failure(self, .foreign) }
    let version: UInt16 = bytes.littleEndian(at: 6)
    guard version <= Self.version else { throw Failure(self, .newer(version: version)) }
    guard version == Self.version else { throw Failure(self, .impossible(field: "version")) }
    guard bytes.count >= byteCount else { throw Failure(self, .tooShort(bytes.count, needed: byteCount)) }
    guard bytes.littleEndian(at: checksumOffset) == Checksum.crc32c(bytes, in: 0..<checksumOffset) else {
      throw Failure(self, .checksum)
    }
  }
}

extension DiskFormat.Failure: CustomStringConvertible {
  package var description: String {
    let file =
      switch format {
      case .key: "channel key"
      case .segment: "journal segment"
      case .projected: "record of the projected window"
      case .importedIDs: "memory of imported messages"
      case .reader: "reader's file"
      case .projectLock: "project lock"
      case .claims: "table of a group's claims"
      }
    return switch fault {
    case .tooShort(let count, let needed): "\(file): \(count) bytes where \(needed) are needed"
    case .foreign: "\(file): does not begin with \(format.rawValue)"
    case .newer(let version):
      "\(file): written in version \(version), this program reads up to \(DiskFormat.version) (use a newer Transom)"
    case .checksum: "\(file): checksum does not fit, the file is damaged"
    case .impossible(let field): "\(file): impossible \(field)"
    }
  }
}
