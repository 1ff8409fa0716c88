// How the other end of a bridge behaves, drawn for each connection.

internal import TestSupport

/// What one connection does, well or badly, and how it ends.
struct FarManner {
  enum Acknowledging: String, CaseIterable {
    case atOnce, late, twice, strange, backwards, some, never
  }

  enum Answering: String, CaseIterable {
    case once, twice, late, strange, never
  }

  enum Ending: String, CaseIterable {
    /// In the middle of a line.
    case cut
    /// With what TCP has for breaking off.
    case reset
    case close
    /// It says that it writes no more, and reads the rest.
    case finish
    case garbage
  }

  var acknowledging = Acknowledging.atOnce
  var answering = Answering.once
  var ending = Ending.close
  /// For how long, in milliseconds.
  var lifetime = Int.max
  /// From then on it neither reads nor writes: it is there, and nobody is at home.
  var deafAfter = Int.max
  /// So many bytes are read at once.
  var readsAtMost = 1 << 16
  /// In microseconds between reading and reading.
  var readingPause = 0
  /// In microseconds between telling and telling.
  var tellingPause = 0
  /// So many that were acknowledged are told once more.
  var tellsAgain = 0
  /// In milliseconds between asking and asking.
  var askingPause = 5

  /// As one ought to.
  static let good = FarManner()

  static func draw(using chance: inout SeededGenerator) -> FarManner {
    func happens(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &chance) < percent }
    var manner = FarManner()
    manner.lifetime = Int.random(in: 5...400, using: &chance)
    if let ending = Ending.allCases.randomElement(using: &chance) { manner.ending = ending }
    if happens(50), let other = Acknowledging.allCases.randomElement(using: &chance) { manner.acknowledging = other }
    if happens(40), let other = Answering.allCases.randomElement(using: &chance) { manner.answering = other }
    if happens(20) { manner.deafAfter = Int.random(in: 0...200, using: &chance) }
    if happens(25) {
      manner.readsAtMost = happens(50) ? 1 : 7
      manner.readingPause = happens(20) ? 1_000_000 : Int.random(in: 200...20_000, using: &chance)
    }
    manner.tellingPause = [0, 200, 2_000, 20_000].randomElement(using: &chance) ?? 0
    if happens(40) { manner.tellsAgain = Int.random(in: 1...20, using: &chance) }
    manner.askingPause = [1, 5, 50].randomElement(using: &chance) ?? 5
    return manner
  }

  var words: String {
    var words = ["acks-\(acknowledging)", "answers-\(answering)"]
    if lifetime != .max { words.append("ends-\(ending)-after-\(lifetime)") }
    if deafAfter < lifetime { words.append("deaf-after-\(deafAfter)") }
    if readingPause > 0 { words.append("reads-\(readsAtMost)-each-\(readingPause)-us") }
    if tellsAgain > 0 { words.append("tells-again-\(tellsAgain)") }
    return words.joined(separator: ",")
  }
}
