// What somebody meant who mistyped.

/// Finds the known word nearest to an unknown one.
package enum Suggestion {
  /// The nearest word, when it is near enough that nobody wonders at it; of equally near ones the first.
  package static func nearest(to word: String, among known: [String]) -> String? {
    let wanted = Array(word.lowercased())
    // Of three letters one may be wrong, of six two.
    let reach = max(1, wanted.count / 3)
    var best: (word: String, distance: Int)?
    for candidate in known {
      let distance = distance(from: wanted, to: Array(candidate.lowercased()))
      if distance <= reach, distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    if let best { return best.word }
    // The beginning of exactly one word is as good as the word.
    let begun = known.filter { $0.hasPrefix(word) }
    return word.count >= 2 && begun.count == 1 ? begun[0] : nil
  }

  /// How many letters have to be put in, taken out, changed, or swapped with their neighbour.
  package static func distance(from one: [Character], to other: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...other.count)
    for (row, letter) in one.enumerated() {
      var current = [row + 1]
      for (column, against) in other.enumerated() {
        var cost = min(last[column] + (letter == against ? 0 : 1), last[column + 1] + 1, current[column] + 1)
        if row > 0, column > 0, letter == other[column - 1], one[row - 1] == against {
          cost = min(cost, beforeLast[column - 1] + 1)
        }
        current.append(cost)
      }
      (beforeLast, last) = (last, current)
    }
    return last[other.count]
  }
}
