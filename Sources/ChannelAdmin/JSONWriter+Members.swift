// Members of objects, written.

package import ChannelMessages
package import ChannelModel

/// A key and its value at once; what is not there is null.
extension JSONWriter {
  package mutating func member(_ name: String, _ text: String?) {
    key(name)
    if let text { string(text) } else { null() }
  }

  package mutating func member(_ name: String, _ texts: [String]) {
    key(name)
    beginArray()
    for text in texts { string(text) }
    endArray()
  }

  package mutating func member(_ name: String, _ number: UInt64?) {
    key(name)
    if let number { integer(number) } else { null() }
  }

  package mutating func member(_ name: String, _ count: Int) {
    key(name)
    integer(Int64(count))
  }

  package mutating func member(_ name: String, _ boolean: Bool) {
    key(name)
    self.boolean(boolean)
  }

  /// In nanoseconds since 1970.
  package mutating func member(_ name: String, _ time: WallTime?) { member(name, time?.nanoseconds) }

  /// In nanoseconds.
  package mutating func member(_ name: String, _ duration: Duration?) { member(name, duration?.wholeNanoseconds) }

  /// An object.
  package mutating func member(_ name: String, _ body: (inout JSONWriter) -> Void) {
    key(name)
    object(body)
  }

  package mutating func object(_ body: (inout JSONWriter) -> Void) {
    beginObject()
    body(&self)
    endObject()
  }

  /// The text of one object.
  package static func object(_ body: (inout JSONWriter) -> Void) -> [UInt8] {
    var writer = JSONWriter()
    writer.object(body)
    return writer.bytes
  }
}
