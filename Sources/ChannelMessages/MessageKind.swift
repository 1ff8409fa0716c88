/// What a message is for; the raw value is what stands under `type` in its JSON.
public enum MessageKind: String, Sendable, Hashable, CaseIterable {
  /// Asks for something; the answer names the request's id in `reply_to`.
  case request
  /// Answers a request, with a payload or with an error.
  case response
  /// Tells something; nobody answers.
  case event
}
