// An answer that is owed.

package import ChannelMessages
internal import Synchronization

/// The means to answer a request when its answer is known, from whatever thread.
///
/// Whoever lets go of it unanswered leaves the request as it was: nobody has answered it, and a responder that is opened
/// soon takes it again.
package final class RequestReply: Sendable {
  /// What the other side is told when there is no answer.
  package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) {
      self.description = description
    }
  }

  private let request: Message
  private let responders: Mutex<Responders?>

  init(to request: Message, by responders: Responders) {
    self.request = request
    self.responders = Mutex(responders)
  }

  deinit {
    leave()
  }

  /// Answers; the first time counts. Where something has to be waited for, somebody else does.
  package func answer(_ outcome: Result<JSONText, Failure>) {
    responders.withLock { $0.take() }?.reply(outcome, to: request)
  }

  /// Answers nothing.
  package func leave() {
    responders.withLock { $0.take() }?.end(request)
  }
}
