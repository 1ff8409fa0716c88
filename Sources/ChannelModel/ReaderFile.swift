// The file in which a reader keeps its place.

internal import ChannelMessages

/// Who reads under a name, and how far it has come: the file `readers/<name>`.
package enum ReaderFile {
  package static let byteCount = 3 * 4_096

  /// How a reader's place is kept.
  package enum Kind: UInt8, CaseIterable, Hashable, Sendable {
    case reader = 1
    case group = 2
    /// It only shows where it is, so that segments are held for it; there is nothing to go on from.
    case unnamed = 3
  }

  /// Who holds the reader, as written by the holder.
  package struct Header: Hashable, Sendable {
    package static let byteCount = 68

    package var kind: Kind
    package var process: UInt32
    package var startTime: UInt64
    package var processNamespace: UInt64
    package var boot: UniqueID
    package var registered: WallTime
    /// Or when it was let go of.
    package var heldSince: WallTime

    package init(
      kind: Kind,
      process: UInt32,
      startTime: UInt64,
      processNamespace: UInt64,
      boot: UniqueID,
      registered: WallTime,
      heldSince: WallTime
    ) {
      self.kind = kind
      self.process = process
      self.startTime = startTime
      self.processNamespace = processNamespace
      self.boot = boot
      self.registered = registered
      self.heldSince = heldSince
    }

    package init(decoding bytes: [UInt8]) throws(DiskFormat.Failure) {
      try DiskFormat.reader.check(bytes, needs: Self.byteCount, checksumAt: 64)
      guard let kind = Kind(rawValue: bytes[8]) else { throw .init(.reader, .impossible(field: "kind")) }
      self.kind = kind
      process = bytes.littleEndian(at: 12)
      startTime = bytes.littleEndian(at: 16)
      processNamespace = bytes.littleEndian(at: 24)
      boot = UniqueID(bytes, at: 32)
      registered = WallTime(nanoseconds: bytes.littleEndian(at: 48))
      heldSince = WallTime(nanoseconds: bytes.littleEndian(at: 56))
    }

    package func encode() -> [UInt8] {
      var bytes = DiskFormat.reader.opening
      bytes += [kind.rawValue, 0, 0, 0]
      bytes.append(littleEndian: process)
      bytes.append(littleEndian: startTime)
      bytes.append(littleEndian: processNamespace)
      bytes += boot.bytes
      bytes.append(littleEndian: registered.nanoseconds)
      bytes.append(littleEndian: heldSince.nanoseconds)
      bytes.append(littleEndian: Checksum.crc32c(bytes))
      return bytes
    }
  }

  /// One writing of the cursor; the two newest are kept.
  package struct Slot: Hashable, Sendable {
    package static let byteCount = 556

    package let generation: UInt64
    package let journal: UniqueID
    package let cursor: Cursor
    package let written: WallTime

    package init(generation: UInt64, journal: UniqueID, cursor: Cursor, written: WallTime) {
      self.generation = generation
      self.journal = journal
      self.cursor = cursor
      self.written = written
    }

    /// Where it stands in the file.
    package var offset: Int { Self.offset(of: generation) }

    private static func offset(of generation: UInt64) -> Int { generation.isMultiple(of: 2) ? 4_096 : 8_192 }

    package func encode() -> [UInt8] {
      var bytes: [UInt8] = []
      bytes.append(littleEndian: generation)
      bytes += journal.bytes
      bytes.append(littleEndian: cursor.through.rawValue)
      bytes.append(littleEndian: written.nanoseconds)
      bytes += cursor.bitmap
      bytes.append(littleEndian: Checksum.crc32c(bytes))
      return bytes
    }

    /// Reads the slot at an offset of the file; nil when it is torn or was never written.
    init?(in bytes: [UInt8], at offset: Int) {
      guard bytes.count >= offset + Self.byteCount,
        bytes.littleEndian(at: offset + 552) == Checksum.crc32c(bytes, in: offset..<offset + 552)
      else { return nil }
      generation = bytes.littleEndian(at: offset)
      journal = UniqueID(bytes, at: offset + 8)
      let through = SequenceNumber(bytes.littleEndian(at: offset + 24))
      guard generation < .max, through <= .highest, Self.offset(of: generation) == offset else { return nil }
      cursor = Cursor(through: through, bitmap: bytes, at: offset + 40)
      written = WallTime(nanoseconds: bytes.littleEndian(at: offset + 32))
    }
  }

  /// The newest slot that is whole; nil when the reader has acknowledged nothing yet.
  package static func newestSlot(in bytes: [UInt8]) -> Slot? {
    [4_096, 8_192].compactMap { Slot(in: bytes, at: $0) }.max { $0.generation < $1.generation }
  }
}

extension ReaderFile {
  /// Everything that a reader's file says.
  package struct Contents: Hashable, Sendable {
    /// Nil when it is torn: then it says nothing of who holds the reader, and the cursor counts all the same.
    package let header: Header?
    /// Nil when neither slot is whole.
    package let slot: Slot?

    package init(header: Header?, slot: Slot?) {
      self.header = header
      self.slot = slot
    }

    /// Reads a file's bytes; what is no reader's file, or one of a newer version, is refused.
    package init(decoding bytes: [UInt8]) throws(DiskFormat.Failure) {
      do {
        header = try Header(decoding: bytes)
      } catch {
        switch error.fault {
        case .checksum, .tooShort: header = nil
        case .foreign, .newer, .impossible: throw error
        }
      }
      slot = ReaderFile.newestSlot(in: bytes)
    }

    /// How far it has come in this journal. A cursor that cannot be read, or one of another journal, begins at what is
    /// retained: so it holds all of that.
    package func through(in journal: UniqueID) -> SequenceNumber {
      guard let slot, slot.journal == journal else { return .none }
      return slot.cursor.through
    }
  }
}
