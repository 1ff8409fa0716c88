internal import CFuzz
internal import Foundation

/// `Fuzz list`, `Fuzz seed TARGET DIRECTORY` (writes the inputs to begin with), `Fuzz TARGET [libFuzzer's options]`.
@main
enum Fuzz {
  static func main() { run(CommandLine.arguments) }

  private nonisolated static func run(_ arguments: [String]) {
    if arguments.count == 2, arguments[1] == "list" {
      for target in FuzzTarget.all { print(target.name, target.maximumLength) }
      return
    }
    let isSeeding = arguments.count == 4 && arguments[1] == "seed"
    let name = isSeeding ? arguments[2] : arguments.dropFirst().first ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
      print("no such target; there are: \(FuzzTarget.all.map(\.name).joined(separator: " "))")
      exit(64)
    }
    if isSeeding { return Seeds.write(for: target, to: arguments[3]) }
    Driver.run(target, options: [arguments[0]] + arguments.dropFirst(2))
  }
}
