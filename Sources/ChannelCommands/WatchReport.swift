// What `watch` prints.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO
internal import Synchronization
internal import Transom

/// Prints messages with where they came by, and tells what became of those that a command was run for.
final class WatchReport: Sendable {
  /// Where a message came by.
  struct Place: Sendable {
    /// The channel's path.
    let path: String
    /// The same, below what is watched.
    let label: String
    let direction: Direction

    /// Both, for people.
    var text: String { "\(label), \(direction.writer.rawValue) to \(direction.reader.rawValue)" }
  }

  private let around: Surroundings
  private let isJSON: Bool
  /// So many columns a line may have; nil where it may be as long as it is.
  private let width: Int?
  /// Called when nothing can be printed any more.
  private let onFailure: @Sendable (any Error) -> Void
  private let setAsideCount = Atomic<Int>(0)

  init(_ around: Surroundings, isJSON: Bool, onFailure: @escaping @Sendable (any Error) -> Void) {
    self.around = around
    self.isJSON = isJSON
    width = around.isForPerson ? Surroundings.width : nil
    self.onFailure = onFailure
  }

  /// Says something that nobody may miss.
  func warn(_ text: String) { around.warn(text) }

  // MARK: Messages

  func tell(_ message: Message, at place: Place) {
    if isJSON {
      printLine { writer in
        Self.write(place, to: &writer)
        Self.write(message, to: &writer)
      }
    } else {
      print { try around.output.addLine(line(message, place)) }
    }
  }

  func tell(_ gap: Gap, at place: Place) {
    around.warn("\(place.text): \(gap) (reading goes on behind it)")
    guard isJSON else { return }
    printLine { writer in
      Self.write(place, to: &writer)
      writer.key("gap")
      writer.string(gap.reason.rawValue)
    }
  }

  /// Passes on what a command has printed: on the standard output, where that is not for objects alone.
  func pass(_ part: ArraySlice<UInt8>) {
    guard !isJSON else { return StandardError.write(String(decoding: part, as: UTF8.self)) }
    print { try around.output.add(Array(part)) }
  }

  // MARK: What became of them

  /// A command has dealt with the message.
  func tellDone(_ message: Message, at place: Place, took: Duration) {
    tellEnd(message, "done", 0, at: place, took)
  }

  /// A command has asked for the message again.
  func tellLater(_ message: Message, at place: Place, took: Duration, pause: Duration) {
    around.say("\(place.text): \(Self.name(of: message)) again in \(DurationText.text(pause))")
    tellEnd(message, "again", MessageCommand.statusForLater, at: place, took)
  }

  /// A command could not deal with the message: it is kept nowhere but in what is printed here.
  func tellAside(_ message: Message, at place: Place, took: Duration, status: Int32?, why: String) {
    let count = setAsideCount.add(1, ordering: .relaxed).newValue
    let text = String(decoding: message.encode(), as: UTF8.self)
    around.warn("\(place.text): \(Self.name(of: message)) is set aside (\(count) so far), since \(why): \(text)")
    tellEnd(message, "set-aside", status, at: place, took)
  }

  private func tellEnd(_ message: Message, _ end: String, _ status: Int32?, at place: Place, _ took: Duration) {
    guard isJSON else { return }
    printLine { writer in
      Self.write(place, to: &writer)
      writer.key("end")
      writer.string(end)
      writer.key("status")
      if let status { writer.integer(Int64(status)) } else { writer.null() }
      writer.key("microseconds")
      writer.integer(took.components.seconds * 1_000_000 + took.components.attoseconds / 1_000_000_000_000)
      Self.write(message, to: &writer)
    }
  }

  // MARK: Parts

  private static func name(of message: Message) -> String {
    let name = message.method ?? message.replyTo.map { "to \($0)" } ?? ""
    return [message.kind.rawValue, name, message.id].filter { !$0.isEmpty }.joined(separator: " ")
  }

  private static func write(_ place: Place, to writer: inout JSONWriter) {
    writer.key("channel")
    writer.string(place.path)
    writer.key("direction")
    writer.string(place.direction.name)
  }

  private static func write(_ message: Message, to writer: inout JSONWriter) {
    writer.key("message")
    // What was read as a message is JSON.
    writer.raw(JSONText(trusted: message.encode()))
  }

  /// Where it came by, what it is, and its payload or its error.
  private func line(_ message: Message, _ place: Place) -> [UInt8] {
    let style = around.style
    let name = message.method ?? message.replyTo.map { "to \($0)" } ?? ""
    let words = [
      (Style.Role.heading, place.label),
      (.faint, "\(place.direction.writer.rawValue) to \(place.direction.reader.rawValue)"),
      (.faint, message.kind.rawValue), (.name, name),
    ].filter { !$0.1.isEmpty }.map { ($0, HarmlessText.text($1)) }
    let head = words.map { style($0, $1) }.joined(separator: "  ") + "  "
    let headCount = words.reduce(0) { $0 + $1.1.count + 2 }
    var payload = JSONWriter()
    if let error = message.error {
      payload.string(error)
    } else {
      payload.compact(message.payload)
    }
    guard let width else {
      return Array(head.utf8) + JSONLayout.text(of: payload.bytes, style: style, isIndented: false)
    }
    // On a terminal a line is a line.
    let room = max(20, width - headCount)
    let begin = String(decoding: payload.bytes.prefix(4 * room), as: UTF8.self)
    let isWhole = begin.utf8.count == payload.bytes.count && begin.count <= room
    let shown = isWhole ? begin : begin.prefix(room - 3) + "..."
    return Array(head.utf8) + JSONLayout.text(of: Array(shown.utf8), style: style, isIndented: false)
  }

  private func printLine(_ body: (inout JSONWriter) -> Void) {
    var writer = JSONWriter()
    writer.beginObject()
    body(&writer)
    writer.endObject()
    print { try around.output.addLine(writer.bytes) }
  }

  private func print(_ body: () throws -> Void) {
    do {
      try body()
      try around.output.flush()
    } catch {
      onFailure(error)
    }
  }
}
