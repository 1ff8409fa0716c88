// A request that is about to be sent together with others.

package import ChannelMessages

/// What is asked, and how long its answer is waited for.
package struct Question: Sendable {
  let method: String
  let payload: JSONText
  let fields: [MessageField]
  package let timeout: Duration

  package init(_ method: String, _ payload: JSONText, fields: [MessageField], timeout: Duration) {
    self.method = method
    self.payload = payload
    self.fields = fields
    self.timeout = timeout
  }

  /// About how many bytes of memory it takes.
  package var heldByteCount: Int {
    fields.reduce(payload.bytes.count + method.utf8.count) { $0 + $1.name.utf8.count + $1.value.bytes.count }
  }
}
