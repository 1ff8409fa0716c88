// What a monitor tells of windows that hold no messages.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

/// Tells once of what is no message; nothing of it is kept by who changes nothing.
struct MonitorComplaints {
  private var malformed: FileStamp?
  private var setAside: Set<Int> = []

  /// So many elements are remembered as told.
  private static let highestSetAsideCount = 1_024
  private static let hint = "see to the program that wrote it; a monitor keeps nothing in quarantine"

  /// A window that stays no array of messages.
  mutating func tell(of error: JSONError, _ stamp: FileStamp, at path: String, to troubles: Troubles) {
    guard malformed != stamp else { return }
    malformed = stamp
    let what = "is no array of messages: \(error)"
    troubles.tell(ChannelError(.malformedWindow, at: path, what, hint: Self.hint))
  }

  /// Elements that are no messages, and those that a 1.0 program could not read.
  mutating func tellOfElements(in window: SeenWindow, at path: String, to troubles: Troubles) {
    if window.window.isReadableToPeers { return setAside = [] }
    for (place, element) in window.window.elements.enumerated() {
      guard let reason = Self.reason(element) else { continue }
      // By a hash: what is remembered of it must not be as long as it is.
      let bytes = Array(window.window.bytes[element.range])
      let isNew = setAside.count < Self.highestSetAsideCount && setAside.insert(bytes.hashValue).inserted
      guard isNew else { continue }
      let what = "element \(place) \(reason); the others are delivered"
      troubles.tell(ChannelError(.malformedWindow, at: path, what, hint: Self.hint))
    }
  }

  private static func reason(_ element: MessageElement) -> String? {
    switch element.content {
    case .unreadable(let error): "is no message: \(error)"
    case .message where !element.isWithinRecord: "is longer than the 64 MiB that a message may have"
    case .message(let index): index.hazard.map { "cannot be read by 1.0 programs: \($0)" }
    }
  }
}
