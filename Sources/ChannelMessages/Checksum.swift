private import CChecksum

/// Checksums of what is stored.
package enum Checksum {
  /// CRC-32C of bytes, continuing from `seed`: the checksum of a text in two parts is that of the second from that of
  /// the first.
  package static func crc32c(_ bytes: Span<UInt8>, from seed: UInt32 = 0) -> UInt32 {
    // Safe: the C function only reads, within the call.
    unsafe bytes.withUnsafeBufferPointer { unsafe cchecksum_crc32c(seed, $0.baseAddress, $0.count) }
  }

  /// CRC-32C of memory, which is only read within the call.
  package static func crc32c(_ bytes: UnsafeRawBufferPointer, from seed: UInt32 = 0) -> UInt32 {
    unsafe cchecksum_crc32c(seed, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), bytes.count)
  }

  /// CRC-32C of an array.
  package static func crc32c(_ bytes: [UInt8], from seed: UInt32 = 0) -> UInt32 {
    crc32c(bytes.span, from: seed)
  }

  /// CRC-32C of a part of an array.
  package static func crc32c(_ bytes: [UInt8], in range: Range<Int>, from seed: UInt32 = 0) -> UInt32 {
    crc32c(bytes.span.extracting(range), from: seed)
  }
}
