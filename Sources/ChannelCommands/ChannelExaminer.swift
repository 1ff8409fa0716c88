// Collects what `doctor` judges of a channel.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Transom

/// Looks at a channel's directory and at what lies beside it. Whatever is missing or damaged is a fact too; nothing is
/// changed.
struct ChannelExaminer {
  private let path: String
  private let directory: Directory
  private let now = FileTime.now()

  /// So many files are looked at; a channel has far fewer.
  private static let mostFiles = 20_000
  /// A channel is made in milliseconds.
  private static let makingPatience = Duration.seconds(60)
  /// What is held for longer than this is not held for one turn.
  private static let turn = Duration.milliseconds(50)

  init(_ path: String) throws(ChannelError) {
    var path = path
    while path.utf8.count > 1, path.last == "/" { path.removeLast() }
    self.path = path
    do throws(FileError) {
      directory = try Directory.open(path)
    } catch {
      if case .system(let error) = error, error.isMissing { throw Self.noChannel(at: path) }
      throw ChannelError(error, at: path)
    }
  }

  private static func noChannel(at path: String) -> ChannelError {
    ChannelError(.noChannel, at: path, "there is no channel here")
  }

  func facts() throws(ChannelError) -> ChannelFacts {
    let fileSystem = try ChannelError.calls(at: path) { () throws(SystemError) in try directory.fileSystem() }
    var facts = ChannelFacts(
      path: path,
      user: ProcessIdentity.user,
      fileSystem: fileSystem.name,
      sight: ChannelFacts.Sight(fileSystem.sight),
      isFlockKernelWide: fileSystem.isFlockKernelWide,
      directory: file("", directory.factsAtOpening)
    )
    facts.writingObstacle = directory.writingObstacle().map { "\($0.reason)" }
    collectFiles(&facts)
    let names = [ChannelLayout.hidden, ChannelLayout.information] + Direction.allCases.map(ChannelLayout.window)
    let present = Set(facts.files.map(\.name))
    guard names.contains(where: present.contains) else {
      throw Self.noChannel(at: path)
    }
    facts.isOfTransom = present.contains(ChannelLayout.hidden)
    let boot = try ChannelError.calls(at: path) { () throws(SystemError) in try BootIdentity.current() }
    let canBeOpened = facts.isOfTransom && collectSendingPlaces(&facts)
    for direction in Direction.allCases {
      facts.parts.append(part(direction, UniqueID(boot.bytes), canBeOpened, &facts))
    }
    facts.leftovers = LeftoverState.look(in: directory)
    facts.asides = asides(facts)
    return facts
  }

  // MARK: Files

  private func file(_ name: String, _ facts: FileFacts) -> ChannelFacts.File {
    ChannelFacts.File(
      name: name,
      isDirectory: facts.kind == .directory,
      owner: facts.owner,
      group: facts.group,
      permissions: facts.permissions,
      age: FileAge(of: facts.stamp.modified, at: now),
      isStrangers: directory.trust.isStranger(facts)
    )
  }

  private func collectFiles(_ facts: inout ChannelFacts) {
    var open = [(name: "", directory: directory)]
    while let (name, directory) = open.popLast(), facts.files.count < Self.mostFiles {
      do throws(SystemError) {
        for inner in try directory.names().sorted() {
          guard let found = try directory.facts(of: inner) else { continue }
          let whole = name.isEmpty ? inner : "\(name)/\(inner)"
          // A window that is a link or a FIFO is told as a window; where a link leads is no matter of the channel.
          guard found.kind == .regular || found.kind == .directory else { continue }
          facts.files.append(file(whole, found))
          // Only below `.transom` are folders part of a channel.
          let isOurs = found.kind == .directory && (whole == ChannelLayout.hidden || !name.isEmpty)
          if isOurs, !directory.trust.isStranger(found) {
            do throws(FileError) {
              open.append((whole, try directory.subdirectory(inner)))
            } catch {
              add(ChannelError(error, at: directory.path(of: inner)), to: &facts)
            }
          }
        }
      } catch {
        add(ChannelError(error, at: directory.path), to: &facts)
      }
    }
  }

  private func add(_ error: ChannelError, to facts: inout ChannelFacts) {
    let kind: Finding.Kind =
      switch error.code {
      case .damaged, .newerFormat, .missingMessages, .malformedWindow: .damage
      case .lockTimeout, .readerBusy: .lock
      default: .system
      }
    let failure = ChannelFacts.Failure(what: "\(error.path): \(error.what)", fix: error.hint, kind: kind)
    // One file may be in the way of several looks.
    if !facts.failures.contains(failure) { facts.failures.append(failure) }
  }

  /// Answers whether all of them are there to be opened.
  private func collectSendingPlaces(_ facts: inout ChannelFacts) -> Bool {
    // Where nothing at all can be written that is told of the directory, once.
    let look = SendingPlaces(user: facts.user, looksAtRights: facts.writingObstacle == nil)
    do throws(ChannelError) {
      let found = try look.look(below: directory)
      facts.failures += found.failures
      facts.missing = found.missing
      return found.failures.isEmpty && found.missing.isEmpty
    } catch {
      add(error, to: &facts)
      return false
    }
  }

  // MARK: Directions

  private func part(
    _ direction: Direction,
    _ boot: UniqueID,
    _ canBeOpened: Bool,
    _ facts: inout ChannelFacts
  ) -> ChannelFacts.Part {
    let look = WindowInspector(direction, in: directory, boot: boot)
    var part = ChannelFacts.Part(window: ChannelLayout.window(direction), state: WindowState(.missing))
    var record: WindowInspector.Record?
    do throws(ChannelError) {
      (part.state, record) = try look.window()
      part.lock = try look.lock()
      part.quarantine = try look.quarantine()
    } catch {
      add(error, to: &facts)
    }
    // Where it cannot be, that is told already.
    if canBeOpened {
      do throws(ChannelError) {
        // What else cannot be opened, such as a damaged key or journal, comes to light here too.
        part.state.shown = try ChannelInspector(path, onlyLooks: true).shown(in: direction, record)
      } catch {
        add(error, to: &facts)
      }
    }
    part.held = heldLocks(of: direction)
    if let left = try? directory.facts(of: ChannelLayout.peerTemporary(direction)) {
      part.peerTemporary = FileAge(of: left.stamp.modified, at: now)
    }
    return part
  }

  private func heldLocks(of direction: Direction) -> [ChannelFacts.HeldLock] {
    guard let hidden = try? directory.subdirectory(ChannelLayout.hidden),
      let folder = try? hidden.subdirectory(ChannelLayout.Hidden.folder(direction))
    else { return [] }
    let journal = try? folder.subdirectory(ChannelLayout.Inside.journal)
    let places =
      [(folder, ChannelLayout.Inside.projectLock)] + (journal.map { [($0, ChannelLayout.journalLock)] } ?? [])
    let first = places.map { holder(of: $1, in: $0) }
    guard first.contains(where: { $0 != nil }) else { return [] }
    KernelClock.pause(Self.turn)
    return zip(places, first).compactMap { place, before in
      guard let before, holder(of: place.1, in: place.0) == before else { return nil }
      return ChannelFacts.HeldLock(
        path: place.0.path(of: place.1),
        process: before,
        hasEnded: ProcessIdentity.look(before) == .gone
      )
    }
  }

  private func holder(of name: String, in directory: Directory) -> Int32? {
    guard let facts = try? directory.facts(of: name) else { return nil }
    return try? FlockHolder.find(of: facts.stamp)
  }

  // MARK: What was left behind

  /// Directories with names that only those get which are being made.
  private func asides(_ facts: ChannelFacts) -> [String] {
    var found = facts.files.filter { $0.isDirectory && AsideName.isOne($0.name, of: "transom") && isOld($0.age) }
      .map { directory.path(of: $0.name) }
    let whole = WholePath.of(path) ?? path
    guard let slash = whole.lastIndex(of: "/"), let parent = try? Directory.open(whole[..<slash] + "/.") else {
      return found
    }
    let name = String(whole[whole.index(after: slash)...])
    for inner in (try? parent.names()) ?? [] where AsideName.isOne(inner, of: name) {
      guard let facts = try? parent.facts(of: inner), facts.kind == .directory,
        isOld(FileAge(of: facts.stamp.modified, at: now))
      else { continue }
      found.append("\(whole[..<slash])/\(inner)")
    }
    return found.sorted()
  }

  private func isOld(_ age: FileAge) -> Bool {
    if case .past(let duration) = age { return duration > Self.makingPatience }
    return false
  }
}

extension ChannelFacts.Sight {
  fileprivate init(_ sight: FileSystemKind.Sight) {
    switch sight {
    case .everyWriter: self = .everyWriter
    case .onlyLocalWriters: self = .onlyLocalWriters
    case .unsure: self = .unsure
    }
  }
}
