// What a round leaves on the disk.

internal import ChannelMessages
internal import ChannelModel
internal import Transom

extension Judge {
  /// So many files of those who were killed may lie in staging, beside those of programs that live.
  private static let highestStagedCount = 64

  func judgeChannel() {
    let channel = round.folder.channel
    for direction in Direction.allCases {
      if Disk.exists("\(channel)/\(ChannelLayout.windowLock(direction))") { fail("\(direction): its lock is left") }
      judgeWindow(direction)
    }
    let staged = Disk.names(in: "\(channel)/\(ChannelLayout.hidden)/\(ChannelLayout.Hidden.staging)")
    if staged.count > Self.highestStagedCount {
      fail("\(staged.count) files are left in staging: \(staged.prefix(5))…")
    }
  }

  /// The window has to be readable, and to show the newest messages since the last clear.
  private func judgeWindow(_ direction: Direction) {
    let name = ChannelLayout.window(direction)
    guard let bytes = Disk.read("\(round.folder.channel)/\(name)") else { return fail("\(name) is missing") }
    if case .rejects(let refusal) = PeerReader.judge(bytes) {
      return fail("\(name): a 1.0 program refuses it: \(refusal)")
    }
    guard case .window(let window) = Window.look(at: bytes) else { return fail("\(name) is blank") }
    let shown = Set(
      window.elements.compactMap { element in element.message.map { JSONText(trusted: Array(bytes[$0.id])) } }
    )
    do {
      let owed = try owed(direction)
      let missing = owed.filter { !shown.contains($0.id) }
      if !missing.isEmpty {
        fail(
          "\(name) lacks \(missing.count) of the newest \(owed.count) messages, such as number \(missing[0].number)"
            + " and number \(missing[missing.count - 1].number); it shows \(window.elements.count)"
        )
      }
    } catch {
      fail("\(name): the journal cannot be read: \(error)")
    }
  }

  /// The newest messages of the journal since the last clear, as many as a window has to show.
  private func owed(_ direction: Direction) throws -> [(number: UInt64, id: JSONText)] {
    var options = ChannelFolder.Options()
    options.isOnlyLookedAt = true
    let folder = try ChannelFolder.open(round.folder.channel, options: options)
    let reader = JournalReader(try folder.direction(direction), after: .none)
    var found: [(number: UInt64, id: JSONText)] = []
    var floor = SequenceNumber.none
    while let stretch = try reader.next() {
      for record in stretch.records {
        let content = Array(stretch.bytes[record.content])
        if record.kind.carriesMessage {
          guard let index = try? MessageIndex(element: content), index.hazard == nil else { continue }
          found.append((record.sequenceNumber.rawValue, JSONText(trusted: Array(content[index.id]))))
        } else if let cleared = record.floor(in: stretch.bytes) {
          floor = max(floor, cleared)
        }
      }
    }
    return found.filter { $0.number > floor.rawValue }.suffix(Import.fullWindow)
  }
}
