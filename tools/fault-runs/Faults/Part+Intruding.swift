// Programs that keep no rule.

internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import TestSupport

extension Part {
  private var direction: Direction { Direction(writtenBy: side) }
  private var window: String { "\(folder.channel)/\(ChannelLayout.window(direction))" }
  private var inside: String { "\(folder.channel)/\(ChannelLayout.hidden)/\(direction.name)" }

  /// Does its damage until it is told to stop.
  func intrude() {
    guard let intrusion = option("kind").flatMap(Intrusion.init(rawValue:)) else { return }
    var chance = SeededGenerator(seed: UInt64(number("seed")))
    var turn = 0
    while !isToStop {
      turn += 1
      switch intrusion {
      case .torn: tear(turn, &chance)
      case .clear:
        wait(100...700, &chance)
        log.write("cleared")
        Disk.write("[]".utf8, to: window, flags: O_TRUNC)
      case .stale: republish(turn, &chance)
      case .thief:
        wait(1...60, &chance)
        let lock = "\(folder.channel)/\(ChannelLayout.windowLock(direction))"
        if Disk.remove(lock) { log.write("stole") }
      case .deleter:
        wait(20...400, &chance)
        let names = (option("files") ?? "").split(separator: "+")
        if let name = names.randomElement(using: &chance), Disk.remove("\(inside)/\(name)") {
          log.write("removed \(name)")
        }
      case .damage: damage(&chance)
      }
    }
  }

  private func wait(_ milliseconds: ClosedRange<Int>, _ chance: inout SeededGenerator) {
    KernelClock.pause(.milliseconds(Int.random(in: milliseconds, using: &chance)))
  }

  /// The window's text with a message of this program at its end; nil when it is not to be had.
  private func longerWindow(_ turn: Int) -> [UInt8]? {
    guard let bytes = Disk.read(window) else { return nil }
    let letter = Letter(sender: name, number: turn)
    log.write("try \(letter.sender) \(letter.number)")
    return PlainPeer.append(letter, to: bytes)
  }

  private func tear(_ turn: Int, _ chance: inout SeededGenerator) {
    wait(50...500, &chance)
    guard let text = longerWindow(turn) else { return }
    let number = unsafe Glibc.open(window, O_WRONLY | O_TRUNC | O_CLOEXEC)
    guard number >= 0 else { return }
    defer { close(number) }
    let cut = Int.random(in: 0...text.count, using: &chance)
    for piece in [text[..<cut], text[cut...]] {
      wait(0...(turn.isMultiple(of: 4) ? 1_500 : 60), &chance)
      _ = Disk.put(piece, number)
    }
    log.write("tore \(turn)")
  }

  private func republish(_ turn: Int, _ chance: inout SeededGenerator) {
    wait(10...200, &chance)
    guard let text = longerWindow(turn) else { return }
    wait(0...(turn.isMultiple(of: 4) ? 1_500 : 100), &chance)
    // Not the name that 1.0 programs use: two who write one file make a window that nobody can read.
    let temporary = "\(folder.path)/\(name).json"
    if Disk.write(text, to: temporary, flags: O_TRUNC), Disk.move(temporary, to: window) {
      log.write("republished \(turn)")
    }
  }

  private func damage(_ chance: inout SeededGenerator) {
    wait(200...900, &chance)
    let number = unsafe Glibc.open(window, O_WRONLY | O_CLOEXEC)
    guard number >= 0 else { return }
    defer { close(number) }
    let size = max(1, Int(lseek(number, 0, SEEK_END)))
    let bytes = (0..<Int.random(in: 1...8, using: &chance)).map { _ in UInt8.random(in: 0...255, using: &chance) }
    let offset = Int.random(in: 0..<size, using: &chance)
    _ = unsafe bytes.withUnsafeBytes { unsafe pwrite(number, $0.baseAddress, $0.count, off_t(offset)) }
    log.write("damaged \(bytes.count) at \(offset)")
  }
}
