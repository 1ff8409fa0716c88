// What `respond` tells of each request.

internal import ChannelMessages

/// Tells what became of requests: failures to people, everything to programs.
struct CommandReport: Sendable {
  private let around: Surroundings
  private let isJSON: Bool
  /// Called when nothing can be printed any more.
  private let onFailure: @Sendable (any Error) -> Void

  init(_ around: Surroundings, isJSON: Bool, onFailure: @escaping @Sendable (any Error) -> Void) {
    self.around = around
    self.isJSON = isJSON
    self.onFailure = onFailure
  }

  func tell(_ request: Message, _ result: Result<JSONText, CommandFailure>, took: Duration) {
    let failure = if case .failure(let failure) = result { failure } else { CommandFailure?.none }
    if let failure { around.warn("\(request.method ?? "") \(request.id): \(failure.summary)") }
    guard isJSON else { return }
    var writer = JSONWriter()
    writer.beginObject()
    writer.key("id")
    writer.string(request.id)
    writer.key("method")
    writer.string(request.method ?? "")
    writer.key("microseconds")
    writer.integer(took.components.seconds * 1_000_000 + took.components.attoseconds / 1_000_000_000_000)
    if let failure {
      writer.key("error")
      writer.string(failure.description)
    }
    writer.endObject()
    do {
      try around.output.addLine(writer.bytes)
      try around.output.flush()
    } catch {
      onFailure(error)
    }
  }
}
