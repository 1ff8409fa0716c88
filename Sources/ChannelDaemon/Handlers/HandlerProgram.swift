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
      throw Missing(why: "there is no program \"\(name)\"")
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
}
