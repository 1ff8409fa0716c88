// The way of a message, told.

internal import ChannelAdmin
internal import ChannelMessages
package import ChannelModel

/// Tells the steps of a message, each with its time and how long it was since the one before.
package struct TraceText {
  private let id: String
  private let steps: [TraceStep]
  private let dates: DateText
  private let style: Style

  package init(_ id: String, _ steps: [TraceStep], dates: DateText = .local, style: Style = .plain) {
    self.id = id
    self.steps = steps
    self.dates = dates
    self.style = style
  }

  package func text() -> String {
    guard let first = steps.first, let last = steps.last else { return "" }
    var text = "message \(style(.name, HarmlessText.text(id))) on \(dates.day(first.time))\n"
    let differences = steps.indices.map { $0 == 0 ? "" : Self.difference(steps[$0 - 1].time, steps[$0].time) }
    let width = differences.map(\.count).max() ?? 0
    var channel: String?
    for (step, difference) in zip(steps, differences) {
      if step.channel != channel { text += style(.heading, HarmlessText.text(step.channel)) + "\n" }
      channel = step.channel
      let blank = String(repeating: " ", count: width - difference.count)
      let detail = step.detail.isEmpty ? "" : ": \(HarmlessText.text(step.detail))"
      let words = style(Self.role(step.kind), Self.words(step.kind)) + detail
      text += "  \(dates.exactClock(step.time))  \(blank)\(style(.faint, difference))\(width > 0 ? "  " : "")\(words)\n"
    }
    let count = steps.count == 1 ? "1 step" : "\(steps.count) steps in \(Self.span(first.time, last.time))"
    return text + count + "\n"
  }

  /// One object for each step.
  package func json() -> [[UInt8]] {
    steps.indices.map { place in
      JSONWriter.object { writer in
        writer.member("id", id)
        steps[place].write(to: &writer)
        let (now, before) = (steps[place].time.nanoseconds, steps[max(0, place - 1)].time.nanoseconds)
        writer.key("since_last_ns")
        writer.integer(Int64(clamping: now) - Int64(clamping: before))
      }
    }
  }

  /// `+1.2 ms`; clocks can be set, so it may be below zero.
  static func difference(_ before: WallTime, _ time: WallTime) -> String {
    time < before ? "-\(span(time, before))" : "+\(span(before, time))"
  }

  private static func span(_ before: WallTime, _ time: WallTime) -> String {
    DurationText.text(DateText.distance(before, time))
  }

  private static func words(_ kind: TraceStep.Kind) -> String {
    switch kind {
    case .arrived: "came into the channel"
    case .matched: "found who takes it"
    case .started: "was given to the handler's program"
    case .answered: "was answered"
    case .shown: "was shown to 1.0 programs"
    case .dead: "was given up, and is a dead letter"
    case .forwarded: "was written to the other end"
    case .acknowledged: "was dealt with"
    case .retried: "failed, and is tried again"
    case .held: "waits for something before it"
    }
  }

  private static func role(_ kind: TraceStep.Kind) -> Style.Role {
    switch kind {
    case .dead: .error
    case .retried, .held: .warning
    case .answered, .acknowledged: .good
    case .arrived, .matched, .started, .shown, .forwarded: .text
    }
  }
}
