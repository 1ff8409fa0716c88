// A page that is drawn again and again.

internal import Synchronization

/// A terminal's other screen, which leaves the first as it was.
final class TerminalScreen: Sendable {
  private let output: Output
  private let isOpen = Mutex(false)

  private static let opening = "\u{1B}[?1049h\u{1B}[?25l"
  private static let closing = "\u{1B}[?25h\u{1B}[?1049l"

  init(_ output: Output) {
    self.output = output
  }

  /// Draws these lines in place of those before; what changed nowhere does not flicker. Once it was closed nothing is
  /// drawn.
  func draw(_ lines: [String]) throws(Output.Failure) {
    // The rest of each line is cleared as it is written, and then what is below.
    let page = "\u{1B}[H" + lines.map { "\($0)\u{1B}[K" }.joined(separator: "\r\n") + "\u{1B}[J"
    try isOpen.withLock { isOpen throws(Output.Failure) in
      try output.add(isOpen ? page : Self.opening + page)
      isOpen = true
      try output.flush()
    }
  }

  /// Goes back to what was there before.
  func close() {
    isOpen.withLock { isOpen in
      guard isOpen else { return }
      isOpen = false
      // A terminal that cannot be written to any more cannot be put right.
      try? output.add(Self.closing)
      try? output.flush()
    }
  }
}
