// The daemon's status as one object, which it is to programs.

package import ChannelAdmin
package import ChannelMessages

extension DaemonStatus {
  /// All members, roots, handlers and bridges among them.
  package func writeWhole(to writer: inout JSONWriter) {
    write(to: &writer)
    writer.key("roots")
    writer.beginArray()
    for root in roots { writer.object { root.write(to: &$0) } }
    writer.endArray()
    writer.key("handlers")
    writer.beginArray()
    for handler in handlers { writer.object { handler.write(to: &$0) } }
    writer.endArray()
    writer.key("bridges")
    writer.beginArray()
    for bridge in bridges { writer.object { bridge.write(to: &$0) } }
    writer.endArray()
  }
}
