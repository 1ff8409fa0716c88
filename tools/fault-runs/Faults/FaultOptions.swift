// What the command line asks for.

/// Which rounds are run, and how long.
struct FaultOptions {
  /// What nobody can act on.
  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  /// From which everything is drawn; nil has one drawn.
  var seed: UInt64?
  /// No round begins after so long.
  var seconds = 60.0
  /// At most so many rounds; nil is any number.
  var rounds: Int?
  /// Only this round.
  var round: Int?
  /// Only scenarios with that word in their description.
  var only: String?
  /// Whether the logs of a round are kept although nothing failed.
  var keeps = false
  /// Where the 1.0 package lies; nil where it is not installed.
  var peers: String?
  /// The program that drives it.
  var peerProgram = ""
  /// The program that is a bridge.
  var bridgeProgram = ""
  /// Which kind of rounds; nil is both.
  var kind: Scenario.Kind?
  /// Where files lie on a disk.
  var disk = "/var/tmp"

  init(_ words: [String]) throws(Mistake) {
    var isBounded = false
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--keep" {
        keeps = true
        continue
      }
      guard let value = rest.popFirst() else { throw Mistake(description: "\(word) needs a value") }
      switch word {
      case "--seed": seed = try Self.number(value, for: word)
      case "--minutes":
        seconds = try Self.number(value, for: word) * 60
        isBounded = true
      case "--seconds":
        seconds = try Self.number(value, for: word)
        isBounded = true
      case "--rounds": rounds = try Self.number(value, for: word)
      case "--round": round = try Self.number(value, for: word)
      case "--only": only = value
      case "--peers": peers = value
      case "--peer-program": peerProgram = value
      case "--bridge-program": bridgeProgram = value
      case "--kind":
        guard let known = Scenario.Kind(rawValue: value) else { throw Mistake(description: "no rounds are \(value)") }
        kind = known
      case "--disk": disk = value
      default: throw Mistake(description: "unknown option \(word); see --help")
      }
    }
    if rounds != nil, !isBounded { seconds = .infinity }
  }

  private static func number<Number: LosslessStringConvertible>(
    _ text: String,
    for option: String
  ) throws(Mistake) -> Number {
    guard let number = Number(text) else { throw Mistake(description: "\(option) \(text): that is no such number") }
    return number
  }
}
