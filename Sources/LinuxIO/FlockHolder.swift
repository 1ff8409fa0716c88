// Who holds a flock, for those who wait in vain.

/// Finds the process that took a flock, in the kernel's list of locks.
///
/// So nobody has to write down who he is at each turn. The kernel names the process that took the lock; a child that it
/// left the descriptor to holds it on after its end.
package enum FlockHolder {
  /// The process that holds an exclusive flock on this file; nil when nobody does, or when it is not visible from here,
  /// as from another pid namespace.
  package static func find(of stamp: FileStamp) throws(SystemError) -> Int32? {
    find(device: stamp.device, inode: stamp.inode, in: try ProcFile.bytes(of: "/proc/locks", limit: 1 << 20))
  }

  /// The same in the text of such a list, whatever it holds.
  static func find(device: UInt64, inode: UInt64, in list: [UInt8]) -> Int32? {
    for line in list.split(separator: UInt8(ascii: "\n")) {
      // Number, kind, manner, access, process, device:inode, and the range; who only waits has an arrow behind the number.
      let words = line.split(separator: UInt8(ascii: " "), maxSplits: 7).map { String(decoding: $0, as: UTF8.self) }
      guard words.count >= 6, words[1] == "FLOCK", words[3] == "WRITE", let process = Int32(words[4]), process > 0
      else {
        continue
      }
      let place = words[5].split(separator: ":")
      guard place.count == 3, let major = UInt64(place[0], radix: 16), let minor = UInt64(place[1], radix: 16),
        major == self.major(of: device), minor == self.minor(of: device), UInt64(place[2]) == inode
      else { continue }
      return process
    }
    return nil
  }

  // A device number has its two halves interleaved, as the C library packs them.
  private static func major(of device: UInt64) -> UInt64 { device >> 8 & 0xFFF | device >> 32 & 0xFFFF_F000 }

  private static func minor(of device: UInt64) -> UInt64 { device & 0xFF | device >> 12 & 0xFFFF_FF00 }
}
