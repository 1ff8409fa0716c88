internal import ChannelMessages
internal import ChannelModel

extension FuzzTarget {
  /// A window, and the one before it: what stands before and behind the first NUL.
  ///
  /// Memory: an element of 80 bytes for a message of 28, three times in arrays that double.
  static let window = FuzzTarget(
    name: "window",
    maximumLength: 4_096,
    allocationBase: 32 << 10,
    allocationPerByte: 64,
    seeds: ["json/peer.tsv", "windows"]
  ) { bytes in
    let halves = uncounted { bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map(Array.init) }
    guard case .window(let former) = Window.look(at: halves[0]) else { return }
    let next = halves.count > 1 ? halves[1] : uncounted { goingOn(from: former) }
    let sight = Window.look(at: next, knowing: former)
    uncounted {
      check(sight == Window.look(at: next), "knowing the former window changes nothing")
      if case .window(let window) = sight { checkSplice(of: window) }
    }
  }

  /// What a writer makes of a window: the first element goes, the last one comes again.
  private static func goingOn(from former: Window) -> [UInt8] {
    var text = WindowText(former, identities: former.elements.map { _ in nil })
    if !former.elements.isEmpty { text.keep(Array(former.elements.indices.dropFirst())) }
    if let last = former.elements.last { text.append(former.bytes[last.range], as: nil) }
    return Array(text.closed())
  }

  private static func checkSplice(of window: Window) {
    let places = window.elements.indices.filter { $0 % 3 != 1 }
    var text = WindowText(window, identities: window.elements.map { _ in nil })
    text.keep(places)
    text.append(Array("{\"x\":1}".utf8)[...], as: nil)
    let bytes = Array(text.closed())
    check(bytes.count == text.byteCount, "a text knows its length")
    let limits = JSONLimits(unreadable: .max)
    guard case .window(let spliced) = Window.look(at: bytes, limits: limits) else {
      return check(false, "a splice is a window")
    }
    let kept = places.map { Array(window.bytes[window.elements[$0].range]) }
    check(spliced.elements.dropLast().map { Array(bytes[$0.range]) } == kept, "what is kept is kept byte for byte")
  }
}
