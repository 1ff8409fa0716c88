// The runner's command line.

/// What the script beside this asks for.
struct BenchOptions {
  private(set) var memory = "/dev/shm"
  private(set) var disk: String?
  private(set) var program: String?
  private(set) var plots: String?
  private(set) var isJSON = false
  private(set) var isQuick = false
  /// Parts of the names of rows; all rows where there is none.
  private(set) var rows: [String] = []

  struct Mistake: Error, CustomStringConvertible {
    let description: String
  }

  init(_ arguments: [String]) throws(Mistake) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      switch word {
      case "--memory": memory = try Self.value(of: word, &rest)
      case "--disk": disk = try Self.value(of: word, &rest)
      case "--program": program = try Self.value(of: word, &rest)
      case "--svg": plots = try Self.value(of: word, &rest)
      case "--json": isJSON = true
      case "--quick", "--check": isQuick = true
      case _ where word.hasPrefix("-"): throw Mistake(description: "unknown option \(word)")
      default: rows.append(word)
      }
    }
  }

  private static func value(of option: String, _ rest: inout ArraySlice<String>) throws(Mistake) -> String {
    guard let value = rest.popFirst() else { throw Mistake(description: "\(option) needs a value") }
    return value
  }
}
