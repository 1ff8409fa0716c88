// A configuration as people and programs read it.

internal import ChannelMessages

extension EffectiveConfiguration {
  /// A configuration file that says all of it, with where each value came from behind it.
  ///
  /// Read again it is the same configuration.
  package var toml: String {
    sections.map { section in
      let lines = section.lines.map { line in
        let origin = TomlText.comment(line.origin.description)
        guard let value = Self.toml(line.value) else { return "# \(TomlText.key(line.key)) is not set # \(origin)\n" }
        return "\(TomlText.key(line.key)) = \(value) # \(origin)\n"
      }
      return (section.header.isEmpty ? "" : section.header + "\n") + lines.joined()
    }.joined(separator: "\n")
  }

  /// A JSON object on a line for each value: its `key`, its `value`, and its `origin`.
  package var json: String {
    var text = ""
    for section in sections {
      for line in section.lines {
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("key")
        writer.string(section.keyPath(of: line))
        writer.key("value")
        Self.write(line.value, to: &writer)
        writer.key("origin")
        writer.string(line.origin.description)
        writer.endObject()
        text += String(decoding: writer.bytes, as: UTF8.self) + "\n"
      }
    }
    return text
  }

  /// Nil for what cannot be written.
  private static func toml(_ value: ConfigurationSection.Value) -> String? {
    switch value {
    case .text(let text): TomlText.string(text)
    case .texts(let texts): "[\(texts.map(TomlText.string).joined(separator: ", "))]"
    case .integer(let number): "\(number)"
    case .number(let number): "\(number)"
    case .truth(let truth): "\(truth)"
    case .nothing: nil
    }
  }

  private static func write(_ value: ConfigurationSection.Value, to writer: inout JSONWriter) {
    switch value {
    case .text(let text): writer.string(text)
    case .texts(let texts):
      writer.beginArray()
      for text in texts { writer.string(text) }
      writer.endArray()
    case .integer(let number): writer.integer(number)
    case .number(let number): writer.raw(JSONText(floatLiteral: number))
    case .truth(let truth): writer.boolean(truth)
    case .nothing: writer.null()
    }
  }
}
