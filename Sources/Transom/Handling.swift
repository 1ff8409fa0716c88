// Which task answers a request.

/// A task that runs a handler, and whose handler that is.
struct Handling: Hashable, Sendable {
  private let responders: ObjectIdentifier
  private let task: Int

  /// The calling task.
  init(_ responders: Responders) {
    self.responders = ObjectIdentifier(responders)
    task = unsafe withUnsafeCurrentTask { unsafe $0?.hashValue ?? 0 }
  }
}
