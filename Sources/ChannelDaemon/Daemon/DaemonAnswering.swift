// What the daemon's services ask it.

package import ChannelAdmin
package import Transom

/// What answers questions to the daemon: the daemon itself, or a test's double of it.
package protocol DaemonAnswering: Actor {
  /// - Throws: A `ChannelError` whose text is shown to whoever asked.
  func answer(_ request: AdminRequest) async throws(ChannelError) -> AdminAnswer
}
