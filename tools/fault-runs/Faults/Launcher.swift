// How the programs of a round are started.

internal import ChannelMessages
internal import Glibc
internal import LinuxIO

/// Knows where programs are; what it starts is killed with the runner.
struct Launcher {
  let folder: RoundFolder
  /// Where the 1.0 package lies; nil where it is not installed.
  let peers: String?
  let peerProgram: String
  /// The program that is a bridge.
  let bridgeProgram: String
  /// Where a bridge and its other end meet; nil where they do at a path.
  let port: UInt16?

  /// Starts a program; answers its process.
  func start(_ program: Scenario.Program, named name: String, incarnation: Int) -> Int32 {
    let words: [String]
    switch program.role {
    case .peerWrite, .peerRead:
      let role = program.role == .peerWrite ? "write" : "read"
      words = ["/usr/bin/python3", peerProgram, role, folder.path, program.side.rawValue, name] + program.options
    case .bridge:
      let address = port.map { "tcp:127.0.0.1:\($0)" } ?? "unix:\(folder.socket)"
      words = [bridgeProgram, "bridge", folder.channel, address, "--as", program.side.rawValue] + program.options
    default:
      let role = program.role == .plainWrite ? "plain-write" : program.role.rawValue
      words =
        ownProgram + [role, folder.path, program.side.rawValue, name] + program.options + [
          "reader=\(program.name)"
        ] + (port.map { ["port=\($0)"] } ?? [])
        + (program.breakpoints.count >= incarnation ? ["break=\(program.breakpoints[incarnation - 1].word)"] : [])
    }
    return spawn(words, errors: folder.errors(name))
  }

  /// Starts the program that sends a direction's last message.
  func startLast(of side: String, named name: String) -> Int32 {
    spawn(ownProgram + ["last", folder.path, side, name], errors: folder.errors("\(name)-\(side)"))
  }

  private var ownProgram: [String] {
    var path = [CChar](repeating: 0, count: 4_096)
    let length = unsafe readlink("/proc/self/exe", &path, path.count)
    return [String(decoding: path.prefix(max(0, length)).map { UInt8(bitPattern: $0) }, as: UTF8.self), "--part"]
  }

  private static let guardian = "/usr/bin/setpriv"

  private func spawn(_ words: [String], errors: String) -> Int32 {
    // So that it dies with the runner, also when that is killed.
    let guarded = Disk.exists(Self.guardian) ? [Self.guardian, "--pdeathsig", "KILL"] + words : words
    var actions = unsafe posix_spawn_file_actions_t()
    unsafe posix_spawn_file_actions_init(&actions)
    defer { unsafe posix_spawn_file_actions_destroy(&actions) }
    unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    unsafe posix_spawn_file_actions_addopen(&actions, 1, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    unsafe posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var variables = ["PATH=/usr/bin:/bin", "SWIFT_BACKTRACE=enable=no", "PYTHONDONTWRITEBYTECODE=1"]
    if let peers { variables.append("PYTHONPATH=\(peers)") }
    var arguments = unsafe guarded.map { unsafe strdup($0) } + [nil]
    var environment = unsafe variables.map { unsafe strdup($0) } + [nil]
    defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
    var child: Int32 = 0
    let code = unsafe posix_spawn(&child, guarded[0], &actions, nil, &arguments, &environment)
    precondition(code == 0, "\(guarded[0]) cannot be started: error \(code)")
    return child
  }
}
