// The daemon as a program.

internal import ChannelMessages
internal import ChannelModel
internal import ChannelSockets
internal import LinuxIO
internal import Synchronization
internal import Transom

/// Reads what the program was told, serves until it is told to end, and says what its status is.
package enum DaemonProgram {
  private static let help = """
    transomd: serves every channel below some directories

    Examples:
      transomd                        serve $XDG_RUNTIME_DIR/transom, which is made if it is missing
      transomd --config ./app.toml    serve what a file says
      transomd --check                see whether the configuration is right, and end

    Options:
      --config FILE   this file alone, with what is in conf.d beside it [default: $TRANSOM_CONFIG, then
                      transomd.toml in $XDG_CONFIG_HOME/transom and in /etc/transom]
      --check         read the configuration and what it names, print what is wrong, and end with status 0 or 2
      -h, --help      print this
      --version       print the version

    SIGTERM and SIGINT end it once handlers are done with what they are at; a second one ends it at once.
    """

  /// Runs the program; `arguments` are those behind its name. To be called on the process's first thread.
  package static func run(_ arguments: [String]) -> Int32 {
    let invocation: Invocation
    do throws(Misuse) {
      invocation = try Invocation(arguments)
    } catch {
      StandardError.write("transomd: \(error.what) (see transomd --help)\n")
      return 2
    }
    switch invocation.wish {
    case .help:
      print(help)
      return 0
    case .version:
      print("transomd \(ProgramVersion.text)")
      return 0
    case .check, .serve: break
    }
    let search = ConfigurationSearch(environment: environment, user: ProcessUser.number)
    let file = invocation.file
    let load: @Sendable () throws(ConfigurationError) -> EffectiveConfiguration = {
      () throws(ConfigurationError) in try search.load(file)
    }
    let effective: EffectiveConfiguration
    do throws(ConfigurationError) {
      effective = try load()
    } catch {
      StandardError.write("\(error)\n")
      return 2
    }
    do {
      if case .check = invocation.wish { return try check(effective, search) }
      return try serve(effective, load)
    } catch {
      StandardError.write("transomd: \(error)\n")
      return (error as? ChannelError)?.code.exitStatus ?? 7
    }
  }

  /// Says what is wrong, also with what was opened for the daemon that would be.
  private static func check(_ effective: EffectiveConfiguration, _ search: ConfigurationSearch) throws -> Int32 {
    let found = ConfigurationCheck(effective, having: try ActivatedDescriptors.inherited(environment: environment))
    let problems = effective.inOrder(found.hindrances + found.flaws)
    guard problems.isEmpty else {
      StandardError.write("\(ConfigurationError(problems))\n")
      return 2
    }
    print(ConfigurationSummary.text(effective, lookedFor: search.standardPlaces))
    return 0
  }

  // MARK: Arguments

  private enum Wish {
    case serve, check, help, version
  }

  private struct Misuse: Error {
    let what: String
  }

  private struct Invocation {
    var wish = Wish.serve
    var file: String?

    init(_ arguments: [String]) throws(Misuse) {
      var rest = arguments[...]
      while let word = rest.popFirst() {
        switch word {
        case "-h", "--help": wish = .help
        case "--version": wish = .version
        case "--check": wish = .check
        case "--config":
          guard let name = rest.popFirst() else { throw Misuse(what: "--config needs a file") }
          file = name
        case _ where word.hasPrefix("--config="): file = String(word.dropFirst(9))
        default: throw Misuse(what: "\"\(word)\" is no word that it knows")
        }
      }
    }
  }

  private static var environment: [String: String] {
    var variables: [String: String] = [:]
    for entry in ProcessEnvironment.all {
      guard let place = entry.firstIndex(of: "=") else { continue }
      variables[String(entry[..<place])] = String(entry[entry.index(after: place)...])
    }
    return variables
  }

  // MARK: Serving

  private static func serve(
    _ effective: EffectiveConfiguration,
    _ load: @escaping @Sendable () throws(ConfigurationError) -> EffectiveConfiguration
  ) throws -> Int32 {
    // Whoever started us may have blocked those that are to end us.
    KernelThread.unblockSignals()
    DescriptorLimit.raise()
    // Before anything else is opened, or these would not be what they were.
    let activated = try ActivatedDescriptors.inherited(environment: environment)
    let clock = ChannelFolder.wallClock
    let log = try DaemonLog(
      effective.configuration.log,
      isTerminal: Terminal.isBehind(2),
      clock: clock,
      write: { StandardError.write($0) }
    )
    let found = ConfigurationCheck(effective, having: activated)
    for problem in found.hindrances { log.say(.error, .daemon, "\(problem)") }
    for problem in found.flaws { log.say(.warning, .daemon, "\(problem)") }
    guard found.hindrances.isEmpty else {
      log.finish()
      // What no file says, no file needs to be mended for.
      let isSaid = found.hindrances.contains { $0.position != nil }
      return (isSaid ? ChannelError.Code.misuse : .system).exitStatus
    }
    // The watcher first: its library is content with low numbers only.
    let watcher = try Watcher.shared()
    try watcher.driveFromOutside()
    var roots: [String: RootLock] = [:]
    for root in effective.configuration.roots { roots[root] = try RootLock(root) }
    let loop = try Loop()
    let ledgerLoop = try Loop.start("ledger")
    let supervisor = Supervisor(environment: environment)
    let surroundings = Daemon.Surroundings(
      environment: Supervisor.environmentForChildren(ProcessEnvironment.all),
      clock: clock,
      load: load,
      activated: activated,
      alivePause: supervisor?.alivePause
    ) { state in
      do throws(SystemError) {
        switch state {
        case .serving(let channels): try supervisor?.ready(status: "serving \(channels) channels")
        case .reloading: try supervisor?.reloading()
        case .alive: try supervisor?.alive()
        case .ending: try supervisor?.stopping(status: "ending")
        }
      } catch {
        log.say(.warning, .daemon, "the supervisor cannot be told: \(error)")
      }
    }
    let ledger = LedgerKeeper(on: ledgerLoop, log: log, clock: clock)
    let daemon = Daemon(
      effective,
      found,
      roots: roots,
      on: loop,
      by: watcher,
      log: log,
      ledger: ledger,
      in: surroundings
    )
    loop.perform { daemon.assumeIsolated { $0.begin() } }
    loop.run()
    ledgerLoop.stop()
    log.finish()
    return daemon.exitStatus.load(ordering: .acquiring)
  }
}
