// Which files configure the daemon.

internal import LinuxIO

/// Finds the configuration files, and reads them.
///
/// One file counts: the one that was asked for, else the one that `TRANSOM_CONFIG` names, else the first that is there
/// of the user's own and the machine's. What is beside it in `conf.d` is read over it, in the order of the names.
package struct ConfigurationSearch: Sendable {
  /// What the file is called where nobody named one.
  package static let name = "transomd.toml"
  package static let variable = "TRANSOM_CONFIG"

  private let environment: [String: String]
  private let presets: ConfigurationPresets
  private let machineFolder: String

  package init(environment: [String: String], user: UInt32, machineFolder: String = "/etc/transom") {
    self.environment = environment
    self.machineFolder = machineFolder
    presets = ConfigurationPresets(environment: environment, user: user)
  }

  /// What all the files say, or all that is wrong with them. No file is no mistake, unless somebody named one.
  package func load(_ named: String? = nil) throws(ConfigurationError) -> EffectiveConfiguration {
    var reader = ConfigurationReader(over: presets.configuration, home: presets.home)
    let files = try files(named)
    for path in files {
      do throws(ConfigurationError) {
        reader.read(try text(of: path, isFirst: path == files[0], named), from: path, in: Self.folder(of: path))
      } catch {
        for problem in error.problems { reader.add(problem) }
      }
    }
    var effective = try reader.finished()
    effective.files = files
    return effective
  }

  /// The files that count, in the order in which they are read.
  package func files(_ named: String? = nil) throws(ConfigurationError) -> [String] {
    guard let first = try mainFile(named) else { return [] }
    return [first] + (try additions(in: "\(Self.folder(of: first))/conf.d"))
  }

  /// The files of which the first that is there counts, where nobody named one.
  package var standardPlaces: [String] {
    [presets.configurationFolder, machineFolder].compactMap(\.self).map { "\($0)/\(Self.name)" }
  }

  private func mainFile(_ named: String?) throws(ConfigurationError) -> String? {
    let asked = named ?? environment[Self.variable].flatMap { $0.isEmpty ? nil : $0 }
    if let asked {
      guard !asked.isEmpty else {
        let problem = ConfigurationProblem(in: "\"\"", at: nil, "there is no such file", hint: "write the file's path")
        throw ConfigurationError([problem])
      }
      do throws(SystemError) {
        return try WholePath.spelled(asked)
      } catch {
        throw Self.error(.system(error), at: asked)
      }
    }
    for folder in [presets.configurationFolder, machineFolder] {
      if let folder, try isThere(Self.name, in: folder) { return "\(folder)/\(Self.name)" }
    }
    return nil
  }

  /// Only what is missing is passed over: a file that may not be looked at would have counted.
  private func isThere(_ name: String, in folder: String) throws(ConfigurationError) -> Bool {
    do throws(FileError) {
      let directory = try Self.open(folder)
      return try asFileError { () throws(SystemError) in try directory.facts(of: name) != nil }
    } catch {
      if case .system(let error) = error, error.isMissing { return false }
      throw Self.error(error, at: "\(folder)/\(name)")
    }
  }

  private func additions(in folder: String) throws(ConfigurationError) -> [String] {
    do throws(FileError) {
      let directory = try Self.open(folder)
      let names = try asFileError { () throws(SystemError) in try directory.names() }
      // Editors leave files that begin with a dot.
      return names.filter { $0.hasSuffix(".toml") && !$0.hasPrefix(".") }
        .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map { "\(folder)/\($0)" }
    } catch {
      if case .system(let error) = error, error.isMissing { return [] }
      throw Self.error(error, at: folder)
    }
  }

  // MARK: Files

  private func text(of path: String, isFirst: Bool, _ named: String?) throws(ConfigurationError) -> [UInt8] {
    do throws(FileError) {
      return try Self.contents(path)
    } catch {
      // Of one that ends in a dot the system says that it is a wrong argument.
      if isFirst, (try? Directory.open(path)) != nil {
        let hint = "name the file in it, such as \(Self.name)"
        throw ConfigurationError([ConfigurationProblem(in: path, at: nil, "is a directory", hint: hint)])
      }
      // Where dotfiles are kept elsewhere, links lead to them.
      if case .refused(let refusal) = error, refusal.reason == .symlink {
        guard let target = WholePath.of(path) else {
          let hint = "put a regular file in its place or remove it"
          throw ConfigurationError([
            ConfigurationProblem(in: path, at: nil, "is a symbolic link that leads nowhere", hint: hint)
          ])
        }
        do throws(FileError) {
          return try Self.contents(target)
        } catch {
          throw Self.error(error, at: path)
        }
      }
      guard case .system(let system) = error, system.isMissing else { throw Self.error(error, at: path) }
      // Those that nobody named were there a moment ago.
      let hint = !isFirst ? "" : named != nil ? "--config names it" : "\(Self.variable) names it"
      throw ConfigurationError([ConfigurationProblem(in: path, at: nil, "there is no such file", hint: hint)])
    }
  }

  private static func contents(_ path: String) throws(FileError) -> [UInt8] {
    let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
    let limit = Int64(TomlDocument.sizeLimit)
    return try open(folder(of: path)).openRegularFile(name, limit: limit).readAll(limit: limit)
  }

  /// Opens a directory that a link may lead to: a dot behind it has it followed.
  private static func open(_ folder: String) throws(FileError) -> Directory {
    try Directory.open("\(folder)/.")
  }

  /// Of a whole path.
  private static func folder(of path: String) -> String {
    let folder = path[..<(path.lastIndex(of: "/") ?? path.startIndex)]
    return folder.isEmpty ? "/" : String(folder)
  }

  private static func error(_ error: FileError, at path: String) -> ConfigurationError {
    switch error {
    case .system(let error): ConfigurationError([ConfigurationProblem(in: path, at: nil, error.what, hint: "")])
    case .refused(let refusal):
      ConfigurationError([
        ConfigurationProblem(in: path, at: nil, refusal.reason.what, hint: refusal.reason.remedy)
      ])
    }
  }
}
