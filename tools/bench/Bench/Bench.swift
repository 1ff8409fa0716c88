// How fast Transom is, against the same work in plain C.

internal import Glibc

/// The runner: begins every row, measures them one after another and reports.
@main
struct Bench: Sendable {
  /// Directories to work in: in memory, and on a disk where one was named.
  let memory: Area
  let disk: Area?
  /// The path of a release build of `transom`.
  let program: String?
  let effort: Effort

  /// How much is measured.
  struct Effort: Sendable {
    /// Contenders take turns within each round; the median of the rounds counts.
    let rounds = 5
    /// Turns of each contender in a round.
    var slices = 8
    /// Seconds that one turn takes about.
    var sliceTime = 0.02
    /// Seconds over which an idle process is watched.
    var idleTime = 60.0
    /// How often a program is started.
    var starts = 50

    /// What fits into CI.
    static let quick = Effort(slices: 4, sliceTime: 0.01, idleTime: 20, starts: 20)
  }

  static func main() async {
    let arguments = Array(CommandLine.arguments.dropFirst())
    if arguments.count == 3, arguments[0] == "--worker" { return await work(arguments[1], in: arguments[2]) }
    do {
      let options = try BenchOptions(arguments)
      exit(try run(options) ? 0 : 1)
    } catch {
      complain("\(error)")
      exit(error is BenchOptions.Mistake ? 64 : 1)
    }
  }

  /// Is one end of a contender, which the runner names by its place in the table of rows.
  private static func work(_ name: String, in folder: String) async {
    let places = name.split(separator: ".").compactMap { Int($0) }
    guard places.count == 3 else { return complain("no such worker: \(name)") }
    let end = Rows.all[places[0]].contenders[places[1]].ends[places[2]]
    await Worker.run(end, in: Place(folder: folder))
  }

  /// Answers whether no figure misses its target by far.
  private static func run(_ options: BenchOptions) throws -> Bool {
    let bench = Bench(
      memory: try Area(options.memory),
      disk: try options.disk.map { try Area($0) },
      program: options.program,
      effort: options.isQuick ? .quick : Effort()
    )
    let numbers = Rows.all.indices.filter { number in
      options.rows.isEmpty || options.rows.contains { Rows.all[number].name.contains($0) }
    }
    guard !numbers.isEmpty else { throw BenchOptions.Mistake(description: "no row is named like that") }
    let measurements = try numbers.map { try Rows.all[$0].begin($0, with: bench) }
    var figures: [Figure] = []
    var table = Table(isJSON: options.isJSON)
    for (number, measure) in zip(numbers, measurements) {
      var found = try measure()
      if found.contains(where: \.isFarOff) {
        // Whatever else the machine had to do: what is far off a second time is.
        bench.remark("\(Rows.all[number].name): far off, measured again")
        found = try Rows.all[number].begin(number, with: bench)()
      }
      found.forEach { table.print($0) }
      figures += found
    }
    if let folder = options.plots { try Plot.writeAll(of: figures, to: folder) }
    return table.finish(figures)
  }

  /// Tells what was left out.
  func remark(_ text: String) { Self.complain(text) }

  private static func complain(_ text: String) {
    let line = Array("bench: \(text)\n".utf8)
    // Where nobody can be told there is nothing to do about it.
    _ = unsafe line.withUnsafeBytes { unsafe write(2, $0.baseAddress, $0.count) }
  }
}
