// The one file that knows how TOML is read.

internal import CToml

/// Reads TOML texts.
package enum TomlDocument {
  /// The most bytes of a text; a longer one is not meant for this.
  package static let sizeLimit = 1 << 20
  /// In so many others a value may lie.
  package static let depthLimit = 16

  /// The table that a text is.
  package static func read(_ text: [UInt8]) throws(TomlError) -> TomlNode {
    guard text.count <= sizeLimit else {
      throw TomlError(at: nil, "is \(text.count) bytes long, over the limit of \(sizeLimit)")
    }
    let document = unsafe text.withUnsafeBytes { bytes in
      unsafe ctoml_read(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count, depthLimit)
    }
    guard let document = unsafe document else { throw TomlError(at: nil, "cannot be read: no memory is left") }
    // What was read is copied before this.
    defer { unsafe ctoml_free(document) }
    guard let first = unsafe document.pointee.nodes else {
      let line = unsafe Int(document.pointee.line)
      let column = unsafe Int(document.pointee.column)
      let what = unsafe string(document.pointee.error, document.pointee.error_length)
      throw TomlError(at: line > 0 ? TomlNode.Position(line: line, column: column) : nil, what)
    }
    var rest = unsafe UnsafeBufferPointer(start: first, count: document.pointee.count)[...]
    return unsafe node(&rest)
  }

  /// The value that the list begins with; it and all that lies in it are taken off.
  private static func node(_ rest: inout Slice<UnsafeBufferPointer<ctoml_node>>) -> TomlNode {
    let read = unsafe rest.removeFirst()
    let position = unsafe position(read.line, read.column)
    switch unsafe UInt32(bitPattern: read.kind) {
    case CTOML_TABLE.rawValue:
      let entries = unsafe (0..<read.count).map { _ in
        let key = unsafe rest[rest.startIndex]
        let name = unsafe string(key.key, key.key_length)
        let place = unsafe self.position(key.key_line, key.key_column)
        return unsafe TomlNode.Entry(key: name, position: place, node: node(&rest))
      }
      return TomlNode(.table(entries), at: position)
    case CTOML_ARRAY.rawValue:
      return TomlNode(.array(unsafe (0..<read.count).map { _ in unsafe node(&rest) }), at: position)
    case CTOML_STRING.rawValue:
      return TomlNode(.string(unsafe string(read.text, read.text_length)), at: position)
    case CTOML_INTEGER.rawValue: return TomlNode(.integer(unsafe read.integer), at: position)
    case CTOML_FLOAT.rawValue: return TomlNode(.float(unsafe read.number), at: position)
    case CTOML_BOOLEAN.rawValue: return TomlNode(.boolean(unsafe read.integer != 0), at: position)
    default: return TomlNode(.moment, at: position)
    }
  }

  private static func position(_ line: UInt32, _ column: UInt32) -> TomlNode.Position {
    TomlNode.Position(line: Int(line), column: Int(column))
  }

  private static func string(_ start: UnsafePointer<CChar>?, _ count: Int) -> String {
    unsafe String(decoding: UnsafeRawBufferPointer(start: start, count: count), as: UTF8.self)
  }
}
