// A 1.0 writer in a few lines, for where the package is not installed.

internal import ChannelMessages
internal import ChannelModel
internal import Glibc
internal import LinuxIO

/// Does to a window what the 1.0 protocol says, in its order.
enum PlainPeer {
  /// A window's text with one more message, cut to the newest 100 as 1.0 does.
  static func append(_ letter: Letter, to bytes: [UInt8]) -> [UInt8]? {
    let elements: [ArraySlice<UInt8>]
    switch Window.look(at: bytes) {
    case .blank: elements = []
    case .window(let window): elements = window.elements.map { bytes[$0.range] }
    case .torn: return nil
    }
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    let milliseconds = time.tv_sec * 1_000 + time.tv_nsec / 1_000_000
    // Shaped as the peer's own, and no two alike.
    let id = "00000000-0000-4000-8000-" + String(UInt64.random(in: 1 << 44..<1 << 47), radix: 16)
    let message =
      #"{"id":"\#(id)","timestamp":\#(milliseconds),"type":"event","method":"\#(letter.sender)","#
      + #""payload":"\#(letter.payload)"}"#
    let all = elements.suffix(Import.fullWindow - 1) + [Array(message.utf8)[...]]
    return Array("[".utf8) + all.joined(separator: ",\n".utf8) + Array("]".utf8)
  }

  /// Sends as 1.0 does; false when the lock could not be had or the window could not be read.
  static func send(_ letter: Letter, in channel: String, _ direction: Direction) -> Bool {
    let lock = "\(channel)/\(ChannelLayout.windowLock(direction))"
    while !takes(lock) {
      guard let age = Disk.age(of: lock), age > 5 else { return false }
      Disk.remove(lock)
    }
    defer { Disk.remove(lock) }
    let window = "\(channel)/\(ChannelLayout.window(direction))"
    let temporary = "\(channel)/\(ChannelLayout.peerTemporary(direction))"
    guard let text = append(letter, to: Disk.read(window) ?? []) else { return false }
    return Disk.write(text, to: temporary, flags: O_TRUNC) && Disk.move(temporary, to: window)
  }

  private static func takes(_ lock: String) -> Bool {
    for _ in 0..<50 {
      if Disk.write("\(getpid())\n".utf8, to: lock, flags: O_EXCL) { return true }
      KernelClock.pause(.milliseconds(10))
    }
    return false
  }
}

extension Part {
  /// Sends numbered events as a 1.0 program until it is told to stop.
  func writePlainly() {
    var next = 1
    while !isToStop {
      let letter = Letter(sender: name, number: next)
      log.write("try \(letter.sender) \(letter.number)")
      let isSent = PlainPeer.send(letter, in: folder.channel, Direction(writtenBy: side))
      log.write(isSent ? "ack \(letter.sender) \(letter.number) -" : "unsure \(letter.sender) \(letter.number)")
      next += 1
      pause()
    }
    log.write("closed")
  }
}
