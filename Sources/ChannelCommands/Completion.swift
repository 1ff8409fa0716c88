// Completions for shells, made from the table.

/// Writes what a shell needs to complete the program's words.
package struct Completion {
  let table: CommandTable

  package init(_ table: CommandTable = .standard) {
    self.table = table
  }

  /// The shells that it can be written for.
  package enum Shell: String, CaseIterable, Sendable {
    case bash, zsh, fish
  }

  package func script(for shell: Shell) -> String {
    switch shell {
    case .bash: bash()
    case .zsh: zsh()
    case .fish: fish()
    }
  }

  func options(of verb: Verb) -> [Option] { verb.options + table.commonOptions.filter { $0.name != .version } }

  /// Text between single quotes.
  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
