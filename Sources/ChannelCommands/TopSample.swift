// What `top` shows, as it was at one moment.

package import ChannelAdmin
internal import ChannelMessages

/// How the daemon and those of its channels were in which most goes on.
package struct TopSample: Sendable, Hashable {
  package let status: DaemonStatus
  package let channels: [ChannelStatus]

  package init(_ status: DaemonStatus, _ channels: [ChannelStatus]) {
    self.status = status
    self.channels = channels
  }

  /// One object.
  package func json() -> [UInt8] {
    JSONWriter.object { writer in
      writer.member("status") { status.writeWhole(to: &$0) }
      writer.key("channels")
      writer.beginArray()
      for channel in channels { writer.object { channel.write(to: &$0) } }
      writer.endArray()
    }
  }
}
