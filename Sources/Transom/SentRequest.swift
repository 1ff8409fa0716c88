// A request that was sent together with others.

package import ChannelMessages
internal import ChannelModel

/// What `Channel.ask` has sent, and waits for its answer.
package struct SentRequest: Sendable {
  /// Shows requests to 1.0 programs when their answers take long, unless nobody waits for any of them any more.
  final class Showing: Sendable {
    private let timer: Watcher.Timer

    init(_ timer: Watcher.Timer) {
      self.timer = timer
    }

    deinit {
      timer.cancel()
    }
  }

  private let channel: Channel
  private let identifier: UniqueID
  private let answer: PendingAnswer
  private let showing: Showing

  init(_ channel: Channel, _ identifier: UniqueID, _ answer: PendingAnswer, _ showing: Showing) {
    self.channel = channel
    self.identifier = identifier
    self.answer = answer
    self.showing = showing
  }

  /// The id of its message.
  package var id: String { "\(identifier)" }

  /// Waits for the answer; to be called once.
  package func payload() async throws -> JSONText {
    defer { withExtendedLifetime(showing) {} }
    let message: Message
    do {
      message = try await answer.value()
    } catch {
      // The task may have been cancelled, and then it is still waited for.
      channel.requests.abandon(identifier)
      throw error
    }
    return try channel.result(message)
  }
}
