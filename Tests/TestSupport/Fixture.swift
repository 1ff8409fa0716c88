// Bytes that were agreed on: the files below `fixtures`.

import Foundation

/// Reads files below `fixtures`.
package enum Fixture {
  /// Why a fixture cannot be used.
  package struct Unusable: Error {
    package let name: String
    package let line: String
  }

  /// The bytes of a file.
  package static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: path)))
  }

  /// The bytes that a hex listing describes: `size N`, then lines `offset: bytes`; what is not listed is zero.
  package static func listing(_ path: String) throws -> [UInt8] {
    let lines = String(decoding: try bytes(path + ".hex"), as: UTF8.self).split(separator: "\n")
    guard let first = lines.first, first.hasPrefix("size "), let size = Int(first.dropFirst(5)) else {
      throw Unusable(name: path, line: String(lines.first ?? ""))
    }
    var result = [UInt8](repeating: 0, count: size)
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":")
      guard parts.count == 2, let offset = Int(parts[0], radix: 16) else {
        throw Unusable(name: path, line: String(line))
      }
      for (place, word) in parts[1].split(separator: " ").enumerated() {
        guard let byte = UInt8(word, radix: 16), offset + place < size else {
          throw Unusable(name: path, line: String(line))
        }
        result[offset + place] = byte
      }
    }
    return result
  }

  /// The bytes of a text in which all but printable ASCII, and the per cent sign, stands as `%XX`.
  package static func unescaped(_ text: some StringProtocol) -> [UInt8] {
    var bytes: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%") {
        bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) ?? 0)
        rest = rest.dropFirst(2)
      } else {
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// Where a file below `fixtures` is, for programs that are there.
  package static func path(_ name: String) -> String { folder.appending(path: name).path }

  /// Where a file of the repository is that is no part of it: what was built, or installed for tests.
  package static func built(_ name: String) -> String {
    folder.deletingLastPathComponent().appending(path: ".build").appending(path: name).path
  }

  private static var folder: URL {
    URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "fixtures")
  }
}
