// What a handler starts.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

/// The program of a setting, with all it is started with.
struct HandlerProgram {
  /// Why there is nothing to be started.
  struct Missing: Error {
    let why: String
    /// Whether that is the fault of the one message.
    var isMessage = false
  }

  let setting: HandlerSetting
  private let environment: [String]

  /// `inherited` are variables as `NAME=value`; those of the setting stand in their place, and those of a message in that
  /// of both.
  init(_ setting: HandlerSetting, inherited: [String]) {
    self.setting = setting
    let own = Set(setting.environment.keys).union(Self.names)
    environment =
      inherited.filter { !own.contains(String($0.prefix { $0 != "=" })) }
      + setting.environment.filter { !Self.names.contains($0.key) }.map { "\($0.key)=\($0.value)" }.sorted()
  }

  /// The same names as those of the commands that run something for a message.
  private static let names = [
    "TRANSOM_CHANNEL", "TRANSOM_DIRECTION", "TRANSOM_TYPE", "TRANSOM_METHOD", "TRANSOM_ID",
  ]

  /// How it is started: for one message, or for all.
  func plan(for job: HandlerJob?) throws(Missing) -> ChildPlan {
    let name = setting.command.first ?? ""
    // A path may begin where the program is to work; whether there is anything is found out by starting it.
    guard let program = name.contains("/") ? name : ProgramSearch.find(name) else {
      throw Missing(why: Self.missing(name).what)
    }
    var plan = ChildPlan(program, setting.command, environment: environment)
    plan.directory = setting.directory
    plan.addressSpace = setting.memoryLimit
    plan.input = .pipe
    plan.output = .pipe
    plan.errors = .pipe
    if let job {
      let message = job.message
      let values = [job.path, job.direction.name, message.kind.rawValue, message.method ?? "", message.id]
      for (name, value) in zip(Self.names, values) {
        // It would be cut there, and a program would act for another message than this.
        guard !value.utf8.contains(0) else {
          throw Missing(why: "\(name) cannot have a NUL character in it", isMessage: true)
        }
        plan.environment.append("\(name)=\(value)")
      }
    }
    return plan
  }

  // MARK: Before there is a message

  /// What would keep it from being started now, as far as can be seen; nil for nothing.
  static func obstacle(to setting: HandlerSetting) -> ProgramObstacle? {
    programObstacle(of: setting) ?? directoryObstacle(of: setting)
  }

  static func programObstacle(of setting: HandlerSetting) -> ProgramObstacle? {
    obstacle(toProgram: setting.command.first ?? "")
  }

  static func obstacle(toProgram name: String) -> ProgramObstacle? {
    if ProgramSearch.find(name) != nil { return nil }
    guard name.contains("/"), WholePath.of(name) != nil else { return missing(name) }
    return ProgramObstacle(what: "\(name) is nothing that can be run", hint: "chmod +x it, if it is the program")
  }

  static func directoryObstacle(of setting: HandlerSetting) -> ProgramObstacle? {
    guard let path = setting.directory else { return nil }
    do throws(FileError) {
      // A link may lead there.
      _ = try Directory.open(path + "/.")
      return nil
    } catch {
      let hint = "make it, or name another one as directory"
      if case .system(let error) = error, !error.isMissing {
        return ProgramObstacle(what: "\(path): \(error.what)", hint: hint)
      }
      return ProgramObstacle(what: "there is no directory \(path)", hint: hint)
    }
  }

  private static func missing(_ name: String) -> ProgramObstacle {
    let isPath = name.contains("/")
    return ProgramObstacle(
      what: "there is no program \(TomlText.string(name))\(isPath ? "" : " in PATH")",
      hint: isPath ? "install it, or write another path" : "install it, or write its whole path"
    )
  }
}
