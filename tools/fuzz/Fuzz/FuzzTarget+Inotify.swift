internal import LinuxIO

extension FuzzTarget {
  /// What the kernel, or somebody in its place, writes into an inotify descriptor.
  ///
  /// Memory: an event of 16 bytes has an entry of 24 and a name of its own, in an array that doubles.
  static let inotify = FuzzTarget(
    name: "inotify",
    maximumLength: 4_096,
    allocationBase: 4 << 10,
    allocationPerByte: 16,
    seeds: ["inotify"]
  ) { bytes in
    let decoded = InotifyDecoder.events(in: bytes.span)
    uncounted {
      let named = decoded.events.reduce(0) { $0 + $1.name.count + InotifyDecoder.headerSize }
      check(named <= bytes.count, "events lie in their bytes")
      for event in decoded.events { check(!event.name.contains(0), "a name ends at its first NUL") }
    }
  }
}
