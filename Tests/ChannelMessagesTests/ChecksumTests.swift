import CChecksum
import ChannelMessages
import Testing

@Suite struct ChecksumTests {
  private let sample = (0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }

  @Test func givesThePublishedCheckValue() {
    #expect(Checksum.crc32c(Array("123456789".utf8)) == 0xE306_9283)
    #expect(Checksum.crc32c([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(Checksum.crc32c([UInt8](repeating: 0xFF, count: 32)) == 0x62A8_AB43)
    #expect(Checksum.crc32c([UInt8]()) == 0)
  }

  @Test func theInstructionGivesWhatTheTableGives() {
    for length in Array(0...300) + [1_000, 4_095, 4_096, 4_097, 5_000] {
      for start in [0, 1, 3, 7] where start + length <= sample.count {
        let range = start..<start + length
        let seed = UInt32(truncatingIfNeeded: length &* 0x9E37_79B9)
        let portable = unsafe sample[range].withUnsafeBytes { bytes in
          unsafe cchecksum_crc32c_portable(seed, bytes.baseAddress, bytes.count)
        }
        #expect(Checksum.crc32c(sample, in: range, from: seed) == portable)
      }
    }
  }

  @Test(arguments: [0, 1, 7, 8, 9, 100, 2_500, 5_000]) func continuesFromTheChecksumOfWhatCameBefore(_ cut: Int) {
    let first = Checksum.crc32c(sample, in: 0..<cut)
    #expect(Checksum.crc32c(sample, in: cut..<sample.count, from: first) == Checksum.crc32c(sample))
  }
}
