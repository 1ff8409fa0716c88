// What a program writes to its standard error.

/// Keeps the last lines for whoever asks why a program failed, and yields some of all lines for the log.
///
/// However much is written, little is kept, and little is done for what nobody is going to read.
struct ErrorLines {
  /// The most characters of a line.
  private static let longest = 400
  /// How many lines are kept.
  private static let kept = 3

  /// The beginning of a line whose end has not come, as far as it is kept.
  private var begun: [UInt8] = []
  private var last: [[UInt8]] = []
  /// How many lines were not yielded since some were.
  private var unsaid = 0

  /// Takes what was written; answers what may be told of it, and how many lines were left out before.
  mutating func take(
    _ bytes: [UInt8],
    telling allowance: (_ wanted: Int) -> Int
  ) -> (lines: [String], unsaid: Int)? {
    var places: [Range<Int>] = []
    var start = 0
    while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
      places.append(start..<end)
      start = end + 1
    }
    defer { hold(bytes[start...]) }
    guard let first = places.first else { return nil }
    let told = allowance(places.count)
    var lines: [String] = []
    hold(bytes[first])
    for (number, place) in places.enumerated() {
      let isKept = number + Self.kept >= places.count
      guard number < told || isKept else { continue }
      let line = number == 0 ? begun : Array(bytes[place].prefix(Self.longest * 4))
      if number < told { lines.append(HarmlessLine.text(line, longest: Self.longest)) }
      if isKept { keep(line) }
    }
    begun = []
    let before = unsaid
    unsaid = lines.isEmpty ? unsaid + places.count : places.count - lines.count
    return lines.isEmpty ? nil : (lines, before)
  }

  /// The program has ended: what it left, and how many lines were left out.
  mutating func finish(
    telling allowance: (_ wanted: Int) -> Int
  ) -> (lines: [String], unsaid: Int)? {
    var lines: [String] = []
    if !begun.isEmpty {
      keep(begun)
      if allowance(1) > 0 {
        lines = [HarmlessLine.text(begun, longest: Self.longest)]
      } else {
        unsaid += 1
      }
      begun = []
    }
    defer { unsaid = 0 }
    return lines.isEmpty && unsaid == 0 ? nil : (lines, unsaid)
  }

  /// Its last lines as one.
  var lastWords: String {
    last.map { HarmlessLine.text($0, longest: Self.longest) }.joined(separator: " / ")
  }

  private mutating func hold(_ more: ArraySlice<UInt8>) {
    begun += more.prefix(max(0, Self.longest * 4 - begun.count))
  }

  private mutating func keep(_ line: [UInt8]) {
    guard line.contains(where: { $0 > 0x20 }) else { return }
    last.append(line)
    if last.count > Self.kept { last.removeFirst() }
  }
}
