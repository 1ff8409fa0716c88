// One of the streams that a child writes.

internal import LinuxIO

/// How much of a stream was handed on, and how much is over the limit.
struct ChildOutlet {
  var watch: DescriptorWatch?
  private(set) var left: Int
  private(set) var dropped = 0

  init(limit: Int) {
    left = limit
  }

  /// How many of so many more bytes are handed on.
  mutating func admit(_ count: Int) -> Int {
    let admitted = min(count, left)
    left -= admitted
    dropped += count - admitted
    return admitted
  }
}
