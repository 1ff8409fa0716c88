// What a new configuration has changed.

/// What became of a reload that went well.
package struct ReloadReport: Sendable, Hashable {
  /// What is of a kind, by its names.
  package struct Changes: Sendable, Hashable {
    package var added: [String] = []
    package var changed: [String] = []
    package var removed: [String] = []

    package init() {}
  }

  package var handlers = Changes()
  package var bridges = Changes()
  package var doors = Changes()
  /// Paths of roots.
  package var rootsAdded: [String] = []
  package var rootsRemoved: [String] = []
  /// Files with certificates, keys or tokens that are others than before; what they say holds.
  package var filesChanged: [String] = []
  /// How many were sent away who may not be there any more, or not in this way.
  package var sentAway = 0
  /// What handlers and bridges lack, with where it is named.
  package var flaws: [String] = []
  /// Keys that have changed and count only from the daemon's next start on.
  package var keysForNextStart: [String] = []

  package init() {}

  /// What has changed and counts, with its words.
  package var lines: [(words: String, names: [String])] {
    let kinds = [("handlers", handlers), ("bridges", bridges), ("doors", doors)]
    let changes = kinds.flatMap { kind, changes in
      [("\(kind) added", changes.added), ("\(kind) changed", changes.changed), ("\(kind) removed", changes.removed)]
    }
    let others = [
      ("roots added", rootsAdded), ("roots removed", rootsRemoved), ("files read anew", filesChanged),
      ("connections sent away", sentAway == 0 ? [] : ["\(sentAway)"]),
    ]
    return (changes + others).filter { !$0.1.isEmpty }
  }
}
