internal import Foundation

/// Makes a corpus out of fixtures; what is not there is left out.
enum Seeds {
  static func write(for target: FuzzTarget, to directory: String) {
    let files = FileManager.default
    try? files.createDirectory(atPath: directory, withIntermediateDirectories: true)
    var inputs: [Data] = []
    for seed in target.seeds {
      let path = "fixtures/" + seed
      if seed.hasSuffix(".tsv") {
        inputs += table(path)
      } else if seed.hasSuffix(".hex") {
        inputs += listing(path).map { [$0] } ?? []
      } else if let file = files.contents(atPath: path) {
        inputs.append(file)
      } else {
        for name in ((try? files.subpathsOfDirectory(atPath: path)) ?? []).sorted() {
          if let data = files.contents(atPath: path + "/" + name) { inputs.append(data) }
        }
      }
    }
    for (number, input) in inputs.enumerated() where input.count <= target.maximumLength {
      _ = files.createFile(atPath: "\(directory)/seed-\(number)", contents: input)
    }
  }

  /// The bytes of a hex listing: `size N`, then lines `offset: bytes`.
  private static func listing(_ path: String) -> Data? {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let lines = text.split(separator: "\n")
    guard let size = lines.first.flatMap({ Int($0.dropFirst(5)) }) else { return nil }
    var data = Data(count: size)
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":")
      guard parts.count == 2, let offset = Int(parts[0], radix: 16) else { return nil }
      for (place, word) in parts[1].split(separator: " ").enumerated() {
        data[offset + place] = UInt8(word, radix: 16) ?? 0
      }
    }
    return data
  }

  /// The second column of a table, `%XX` turned into bytes.
  private static func table(_ path: String) -> [Data] {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return [] }
    return text.split(separator: "\n").filter { !$0.hasPrefix("#") }.compactMap { line in
      let columns = line.split(separator: "\t", maxSplits: 2, omittingEmptySubsequences: false)
      guard columns.count > 1 else { return nil }
      var data = Data()
      var rest = columns[1].utf8
      while let byte = rest.popFirst() {
        if byte == UInt8(ascii: "%"), let value = UInt8(String(Substring(rest.prefix(2))), radix: 16) {
          data.append(value)
          rest = rest.dropFirst(2)
        } else {
          data.append(byte)
        }
      }
      return data
    }
  }
}
