// What a configuration names on this machine.

internal import ChannelBridge
internal import ChannelSockets
package import LinuxIO
internal import Transom

/// Looks at all files, folders and programs that a configuration names, as the daemon does when it begins, so that all
/// that is wrong with them is told at once. It waits for the disk, and leaves nothing behind.
package struct ConfigurationCheck: Sendable {
  /// With these the daemon does not begin, and takes over no configuration: also where what a supervisor opened for one
  /// bridge or door is not what the configuration says, since nobody knows which of the two was meant.
  package var hindrances: [ConfigurationProblem] { effective.inOrder(hinderingProblems + material.problems) }
  /// With these a handler, a bridge or a door is of no use until they are mended; whatever else there is does its work.
  package var flaws: [ConfigurationProblem] { effective.inOrder(flawProblems + material.flaws) }

  /// What to do where several channels would have a place of which there is one.
  static let oneChannelAdvice = "move all but one, or leave their roots to another daemon"

  let material: ConnectionMaterial
  private let effective: EffectiveConfiguration
  private var hinderingProblems: [ConfigurationProblem] = []
  private var flawProblems: [ConfigurationProblem] = []

  /// `descriptors` are those that were opened for the daemon: places that it has so are not looked at.
  package init(_ effective: EffectiveConfiguration, having descriptors: ActivatedDescriptors? = nil) {
    self.effective = effective
    material = ConnectionMaterial(for: effective, LentSockets(descriptors))
    let given = Set((descriptors?.entries ?? []).map(\.name))
    checkPlaces(given)
    for handler in effective.configuration.handlers { check(handler) }
    for bridge in effective.configuration.bridges { check(bridge, given) }
    for door in effective.configuration.doors where !given.contains(LentSockets.name(for: door)) {
      guard case .path(let path, _) = door.address.endpoint else { continue }
      if let error = Self.obstacle(toSocket: path) {
        hinderingProblems.append(
          problem("\(door.keyPath).listen", "door \(door.name)", error)
        )
      }
    }
  }

  // MARK: Folders and sockets

  private mutating func checkPlaces(_ given: Set<String>) {
    let configuration = effective.configuration
    for (number, root) in configuration.roots.enumerated() {
      guard let error = OwnFolder.obstacle(at: root) else { continue }
      let key = effective.knows("roots.\(number)") ? "roots.\(number)" : "roots"
      hinderingProblems.append(problem(key, "roots", error))
    }
    if let error = OwnFolder.obstacle(at: configuration.state) {
      hinderingProblems.append(problem("state.directory", "state.directory", error))
    }
    if !given.contains("admin") {
      let folder = configuration.admin.prefix(
        upTo: configuration.admin.lastIndex(of: "/") ?? configuration.admin.startIndex
      )
      let error = folder.isEmpty ? nil : OwnFolder.obstacle(at: String(folder))
      if let error = error ?? Self.obstacle(toSocket: configuration.admin, isFolderMade: true) {
        hinderingProblems.append(problem("admin.socket", "admin.socket", error))
      }
    }
    if case .socket(let path) = configuration.metrics, !given.contains("metrics"),
      let error = Self.obstacle(toSocket: path)
    {
      hinderingProblems.append(problem("metrics.socket", "metrics.socket", error))
    }
  }

  /// Why no socket can be made there.
  private static func obstacle(toSocket path: String, isFolderMade: Bool = false) -> ChannelError? {
    let cut = path.lastIndex(of: "/") ?? path.startIndex
    let name = String(path[cut...].dropFirst())
    do {
      let folder = try Directory.open("\(path[..<cut])/.")
      if let facts = try folder.facts(of: name), facts.kind != .socket {
        let hint = "move it away, or choose another place"
        return ChannelError(.refused, at: path, "something that is no socket is there", hint: hint)
      }
      return folder.writingObstacle().map { ChannelError($0, at: path) }
    } catch FileError.system(let error) where error.isMissing {
      let hint = "mkdir -p \(path[..<cut]), or choose another place"
      return isFolderMade ? nil : ChannelError(.misuse, at: path, "there is no directory for the socket", hint: hint)
    } catch let error as FileError {
      return ChannelError(error, at: path)
    } catch {
      return (error as? SystemError).map { ChannelError($0, at: path) }
    }
  }

  // MARK: Programs

  private mutating func check(_ handler: HandlerSetting) {
    let prefix = NamedTable.handler.keyPath(of: handler.name)
    if let obstacle = HandlerProgram.programObstacle(of: handler) {
      add(flaw: obstacle, "\(prefix).\(handler.manner.rawValue)", of: "handler \(handler.name)")
    }
    if let obstacle = HandlerProgram.directoryObstacle(of: handler) {
      add(flaw: obstacle, "\(prefix).directory", of: "handler \(handler.name)")
    }
  }

  private mutating func check(_ bridge: BridgeSetting, _ given: Set<String>) {
    let key = "\(bridge.keyPath).\(bridge.manner.rawValue)"
    if bridge.isListening { checkChannels(of: bridge) }
    switch bridge.address.endpoint {
    case .program(let words):
      guard let obstacle = HandlerProgram.obstacle(toProgram: words.first ?? "") else { return }
      add(flaw: obstacle, key, of: "bridge \(bridge.name)")
    case .path(let path, _) where bridge.isListening && !given.contains(LentSockets.name(for: bridge)):
      if let error = Self.obstacle(toSocket: path) {
        flawProblems.append(problem(key, "bridge \(bridge.name)", error))
      }
    case .path, .abstract, .tcp, .descriptor, .fifos, .standard, .queues: break
    }
  }

  /// Its one name may be that of channels below several roots, and each of them would have the place to itself.
  private mutating func checkChannels(of bridge: BridgeSetting) {
    let (configuration, name) = (effective.configuration, bridge.channels.first ?? "")
    let paths = configuration.places(ofChannel: name).filter { path in
      configuration.name(ofChannelAt: path) == name && ChannelFinder.isChannel(at: path)
    }
    guard paths.count > 1 else { return }
    let what = "one channel alone can listen, and several are called so: \(paths.joined(separator: ", "))"
    let key = "\(bridge.keyPath).channels"
    flawProblems.append(effective.problem(at: key, "bridge \(bridge.name): \(what)", hint: Self.oneChannelAdvice))
  }

  private mutating func add(flaw: ProgramObstacle, _ key: String, of whom: String) {
    flawProblems.append(effective.problem(at: key, "\(whom): \(flaw.what)", hint: flaw.hint))
  }

  private func problem(_ key: String, _ whom: String, _ error: ChannelError) -> ConfigurationProblem {
    effective.problem(at: key, "\(whom): \(error.path): \(error.what)", hint: error.hint)
  }
}
