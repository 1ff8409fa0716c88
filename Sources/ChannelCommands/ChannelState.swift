// The state of a channel as `inspect` shows it.

/// What was found in a channel: plain values, so that how they are shown needs no channel.
package struct ChannelState: Hashable, Sendable {
  package var path: String
  package var identifier: String
  package var fileSystem: String
  /// By what changes are noticed, and why.
  package var watching: String
  /// Why who asks may only look on, as a monitor; nil when it may take part.
  package var obstacle: String?
  package var directions: [DirectionState]
  package var leftovers: LeftoverState

  package init(
    path: String,
    identifier: String,
    fileSystem: String,
    watching: String,
    obstacle: String? = nil,
    directions: [DirectionState],
    leftovers: LeftoverState = LeftoverState()
  ) {
    self.path = path
    self.identifier = identifier
    self.fileSystem = fileSystem
    self.watching = watching
    self.obstacle = obstacle
    self.directions = directions
    self.leftovers = leftovers
  }
}
