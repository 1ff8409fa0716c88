// How far messages have come.

internal import ChannelMessages
internal import ChannelModel

extension Bridge {
  /// Notes a step of a message, where somebody keeps that.
  func trace(_ step: TraceStep.Kind, of id: String, _ detail: @autoclosure () -> String = "") {
    memory?.note(step, of: id, detail())
  }

  /// A message as a step names it: the name is somebody else's.
  func named(_ kind: MessageKind, _ name: String?) -> String { "\(kind.rawValue) \(QuotedText.of(name ?? ""))" }
}
