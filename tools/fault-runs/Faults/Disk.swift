// Files as programs treat them that know nothing of us: no error stops anybody here.

internal import Glibc

/// Plain calls by path.
enum Disk {
  /// The bytes of a file; nil when it cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    let number = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    guard number >= 0 else { return nil }
    defer { close(number) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = unsafe block.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
      if count <= 0 { return bytes }
      bytes += block.prefix(count)
    }
  }

  static func text(_ path: String) -> String? { read(path).map { String(decoding: $0, as: UTF8.self) } }

  /// Writes a file with these flags beside writing and creating; false when that failed.
  @discardableResult
  static func write(_ bytes: some Collection<UInt8>, to path: String, flags: Int32) -> Bool {
    let number = unsafe open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o644)
    guard number >= 0 else { return false }
    defer { close(number) }
    return put(bytes, number)
  }

  static func put(_ bytes: some Collection<UInt8>, _ number: Int32) -> Bool {
    let bytes = Array(bytes)
    return unsafe bytes.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) } == bytes.count
  }

  @discardableResult
  static func remove(_ path: String) -> Bool { unsafe unlink(path) == 0 }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  @discardableResult
  static func move(_ path: String, to newPath: String) -> Bool { unsafe rename(path, newPath) == 0 }

  /// Seconds since it was written, by the machine's clock; nil when there is none.
  static func age(of path: String) -> Double? {
    var facts = stat()
    guard unsafe stat(path, &facts) == 0 else { return nil }
    var now = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &now)
    return Double(now.tv_sec - facts.st_mtim.tv_sec) + Double(now.tv_nsec - facts.st_mtim.tv_nsec) / 1e9
  }

  static func names(in path: String) -> [String] {
    guard let listing = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(listing) }
    var names: [String] = []
    while let entry = unsafe readdir(listing) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}
