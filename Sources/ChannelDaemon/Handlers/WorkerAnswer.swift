// What a worker says about a message.

package import ChannelMessages

/// One line of a worker.
package struct WorkerAnswer: Sendable, Hashable {
  package enum Verdict: Sendable, Hashable {
    case result(JSONText)
    case error(String)
    case later
  }

  /// The message that it is about.
  package let id: String
  package let verdict: Verdict

  package init(id: String, _ verdict: Verdict) {
    self.id = id
    self.verdict = verdict
  }
}
