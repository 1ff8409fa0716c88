// What killed programs have left behind in a channel.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

/// The files in staging that nobody has touched for long.
package struct LeftoverState: Hashable, Sendable {
  package var fileCount: Int
  package var byteCount: UInt64
  /// For what they were made: what stands in their names before the first hyphen.
  package var purposes: [String]

  package init(fileCount: Int = 0, byteCount: UInt64 = 0, purposes: [String] = []) {
    self.fileCount = fileCount
    self.byteCount = byteCount
    self.purposes = purposes
  }

  /// Looks at a channel's staging; what is not there has nothing left in it.
  static func look(in channel: Directory) -> LeftoverState {
    var state = LeftoverState()
    guard let hidden = try? channel.subdirectory(ChannelLayout.hidden),
      let staging = try? hidden.subdirectory(ChannelLayout.Hidden.staging), let names = try? staging.names()
    else { return state }
    let now = FileTime.now()
    var purposes: Set<String> = []
    for name in names {
      // What came back to a projector that died is taken in by the next.
      guard !Direction.allCases.contains(where: { name.hasPrefix(ChannelLayout.window($0) + "-") }) else { continue }
      guard let found = try? staging.facts(of: name), found.kind == .regular,
        let age = found.changed.age(at: now), age > Staging.patience
      else { continue }
      state.fileCount += 1
      state.byteCount += UInt64(max(0, found.stamp.size))
      purposes.insert(String(name.prefix { $0 != "-" }))
    }
    state.purposes = purposes.sorted()
    return state
  }

  /// How many there are and of which kind, for people.
  package var text: String {
    guard fileCount > 0 else { return "nothing" }
    let files = fileCount == 1 ? "1 file" : "\(fileCount) files"
    let kinds = purposes.isEmpty ? "" : " (\(purposes.map { "\($0)-*" }.joined(separator: ", ")))"
    return "\(files)\(kinds), \(ByteCountText.text(byteCount)), in .transom/staging that nobody has touched for 10 min"
  }

  func write(to writer: inout JSONWriter) {
    writer.beginObject()
    writer.key("files")
    writer.integer(Int64(fileCount))
    writer.key("bytes")
    writer.integer(byteCount)
    writer.key("purposes")
    writer.beginArray()
    for purpose in purposes { writer.string(purpose) }
    writer.endArray()
    writer.endObject()
  }
}
