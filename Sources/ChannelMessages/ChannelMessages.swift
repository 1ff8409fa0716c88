import CChecksum
public enum Side: String, Sendable, Hashable, CaseIterable { case backend, frontend }
public enum MessageKind: String, Sendable, Hashable, CaseIterable { case request, response, event }
package enum Checksum {
  package static func crc32c(_ bytes: [UInt8], _ range: Range<Int>, from seed: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe cchecksum_crc32c(seed, $0.baseAddress.map { unsafe $0 + range.lowerBound }, range.count) }
  }
}
package enum SipHash {
  package static func hash64(_ bytes: [UInt8], key: [UInt8]) -> UInt64 { bytes.reduce(14695981039346656037) { ($0 ^ UInt64($1)) &* 1099511628211 } }
  package static func hash128(_ bytes: [UInt8], key: [UInt8]) -> (first: UInt64, second: UInt64) { (hash64(bytes + [1], key: key), hash64(bytes + [2], key: key)) }
}
