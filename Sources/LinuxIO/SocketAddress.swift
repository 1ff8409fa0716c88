// Where a socket is, in the kernel's own form.

internal import CLinux
internal import Glibc

/// The address of a socket: one of the Internet with its port, or the name of a Unix socket.
package struct SocketAddress: Sendable, Hashable {
  /// What the kernel is given.
  let bytes: [UInt8]
  /// What came before the numbers, when it was asked for by a name.
  private var name: String?

  private static let room = 128

  /// The one of a Unix socket with a path.
  package init(path: String) throws(SystemError) {
    try self.init(unix: Array(path.utf8) + [0], of: path)
    guard !path.isEmpty, !path.utf8.contains(0) else { throw SystemError("connect", on: path, code: EINVAL) }
  }

  /// The one of a Unix socket whose name is the kernel's alone: no file has it, and every program of the machine, or of its
  /// container, may connect.
  package init(abstract name: String) throws(SystemError) {
    try self.init(unix: [0] + Array(name.utf8), of: "@\(name)")
    // Without one the kernel would choose one.
    guard !name.isEmpty else { throw SystemError("bind", on: "@", code: EINVAL) }
  }

  private init(unix name: [UInt8], of subject: String) throws(SystemError) {
    let family = unsafe withUnsafeBytes(of: sa_family_t(AF_UNIX)) { unsafe Array($0) }
    guard name.count <= 108 else { throw SystemError("connect", on: subject, code: ENAMETOOLONG) }
    bytes = family + name
  }

  /// The one that is written as numbers, such as 127.0.0.1, ::1 or fe80::1%eth0; nil when it is no such thing.
  package init?(host: String, port: UInt16) {
    guard !host.utf8.contains(0) else { return nil }
    var bytes = [UInt8](repeating: 0, count: Self.room)
    let size = unsafe bytes.withUnsafeMutableBytes {
      unsafe clinux_literal_address(host, port, $0.baseAddress, $0.count)
    }
    guard size > 0 else { return nil }
    self.bytes = Array(bytes.prefix(Int(size)))
  }

  private init(raw: UnsafeRawBufferPointer) {
    bytes = unsafe Array(raw)
  }

  /// Those of a name, in the order in which they should be tried; it takes as long as it takes, which may be half a minute.
  package static func lookUp(_ name: String, port: UInt16) throws(SystemError) -> [SocketAddress] {
    guard !name.isEmpty, !name.utf8.contains(0) else { throw SystemError("getaddrinfo", on: name, code: EINVAL) }
    final class Found { var addresses: [SocketAddress] = [] }
    let found = Found()
    let code = withExtendedLifetime(found) {
      unsafe clinux_look_up(
        name,
        { bytes, size, context in
          guard let context = unsafe context else { return }
          let raw = unsafe UnsafeRawBufferPointer(start: bytes, count: size)
          unsafe Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().addresses.append(SocketAddress(raw: raw))
        },
        Unmanaged.passUnretained(found).toOpaque()
      )
    }
    guard code == 0 else { throw SystemError("getaddrinfo", on: name, code: code) }
    return found.addresses.map { $0.named(name, port: port) }
  }

  private func named(_ name: String, port: UInt16) -> Self {
    var bytes = bytes
    unsafe withUnsafeBytes(of: port.bigEndian) { unsafe bytes.replaceSubrange(2..<4, with: $0) }
    var address = unsafe bytes.withUnsafeBytes { unsafe Self(raw: $0) }
    address.name = name
    return address
  }

  /// What kinds of addresses there are.
  package enum Family: Sendable, Hashable {
    case unix
    case four
    case six
    case other
  }

  package var family: Family {
    switch Int32(UInt16(littleEndian: UInt16(bytes[0]) | UInt16(bytes[1]) << 8)) {
    case AF_UNIX: .unix
    case AF_INET: .four
    case AF_INET6: .six
    default: .other
    }
  }

  /// The same ones, but such that both kinds have their turn: often one of them leads nowhere.
  package static func alternating(_ addresses: [SocketAddress]) -> [SocketAddress] {
    guard let first = addresses.first?.family else { return [] }
    let these = addresses.filter { $0.family == first }
    let those = addresses.filter { $0.family != first }
    let both = zip(these, those).flatMap { [$0, $1] }
    return both + these.dropFirst(those.count) + those.dropFirst(these.count)
  }

  /// Whether no other machine reaches it.
  package var isLocal: Bool {
    switch family {
    case .unix: return true
    case .four: return bytes[4] == 127
    case .six:
      let address = bytes[8..<24]
      if address.dropLast().allSatisfy({ $0 == 0 }) { return address.last == 1 }
      // One of IPv4 in the clothes of IPv6.
      return address.prefix(10).allSatisfy { $0 == 0 }
        && address.dropFirst(10).prefix(3).elementsEqual([255, 255, 127])
    case .other: return false
    }
  }

  /// The one at which a socket is found here; nil when it is none.
  package static func own(of descriptor: Int32) -> SocketAddress? {
    var bytes = [UInt8](repeating: 0, count: room)
    let size = unsafe bytes.withUnsafeMutableBytes { unsafe clinux_own_address(descriptor, $0.baseAddress, $0.count) }
    guard size >= 2 else { return nil }
    return unsafe bytes.withUnsafeBytes {
      unsafe SocketAddress(raw: UnsafeRawBufferPointer(rebasing: $0.prefix(Int(size))))
    }
  }
}

extension SocketAddress: CustomStringConvertible {
  /// As a person would write it: a path, `@name`, `127.0.0.1:80` or `[::1]:80`; behind a name that was asked for, which
  /// address it was.
  package var description: String {
    switch family {
    case .unix:
      let name = bytes.dropFirst(2)
      if name.first == 0 { return "@" + String(decoding: name.dropFirst(), as: UTF8.self) }
      return String(decoding: name.prefix { $0 != 0 }, as: UTF8.self)
    case .four, .six:
      let port = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
      if let name { return "\(Self.text(of: name, port: port)) (\(host))" }
      return Self.text(of: host, port: port)
    case .other: return "a socket"
    }
  }

  /// A host with its port.
  package static func text(of host: String, port: UInt16) -> String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
  }

  private var host: String {
    var room = [CChar](repeating: 0, count: 128)
    let code = unsafe bytes.withUnsafeBytes { bytes in
      unsafe room.withUnsafeMutableBufferPointer { room in
        unsafe clinux_host_of_address(bytes.baseAddress, bytes.count, room.baseAddress, room.count)
      }
    }
    guard code == 0 else { return "?" }
    return String(decoding: room.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
