// What cannot be taken in.

internal import ChannelMessages
internal import ChannelModel
internal import LinuxIO

extension Importer {
  /// Keeps the bytes of a window that is no array of messages, and tells of it.
  func keep(malformed bytes: [UInt8], _ error: JSONError) {
    let kept = keepInQuarantine(bytes, at: error.offset)
    let what = "is no array of messages: \(error)"
    tell(what, kept, "end the program that writes it in place; the next message of ours takes its place")
  }

  /// Keeps the elements that are no messages, and those that a 1.0 program could not read; their neighbours are taken in.
  func setAside(_ plan: Import, of window: SeenWindow, _ state: inout State) {
    if plan.unreadable.isEmpty, window.window.isReadableToPeers {
      state.setAside = []
      return
    }
    for (place, element) in window.window.elements.enumerated() {
      let reason: String
      switch element.content {
      case .unreadable(let error): reason = "is no message: \(error)"
      case .message where !element.isWithinRecord: reason = "is longer than the 64 MiB that a message may have"
      case .message(let index):
        guard let hazard = index.hazard else { continue }
        reason = "cannot be read by 1.0 programs: \(hazard)"
      }
      // By a hash: what is remembered of it must not be as long as it is.
      let bytes = Array(window.window.bytes[element.range])
      let isNew = state.setAside.count < Self.highestSetAsideCount && state.setAside.insert(bytes.hashValue).inserted
      guard isNew else { continue }
      let kept = keepInQuarantine(bytes, at: element.range.lowerBound)
      tell("element \(place) \(reason)", kept, "the others were taken in; see to the program that wrote it")
    }
  }

  /// So many elements are remembered as told.
  private static let highestSetAsideCount = 1_024

  func journalIsFull() -> ChannelError {
    ChannelError(
      .backlogFull,
      at: path,
      "what 1.0 programs write waits in the window, because the journal is full",
      hint: "see `transom inspect \(folder.path)` for the reader that lags"
    )
  }

  private func keepInQuarantine(_ bytes: [UInt8], at offset: Int) -> String {
    do throws(ChannelError) {
      let quarantine = Quarantine(folder: folder.quarantine, time: folder.options.clock())
      return "its bytes are kept in \(try quarantine.keep(bytes, of: name, at: offset))"
    } catch {
      return "its bytes could not be kept: \(error.what)"
    }
  }

  private func tell(_ what: String, _ kept: String, _ hint: String) {
    folder.options.troubles.tell(ChannelError(.malformedWindow, at: path, "\(what); \(kept)", hint: hint))
  }
}
