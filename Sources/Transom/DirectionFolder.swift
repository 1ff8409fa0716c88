// One opened direction of a channel.

package import ChannelModel
package import LinuxIO

/// A direction's folders and its journal. Threads of the process share it, and with it the journal's lock.
package final class DirectionFolder: Sendable {
  package let direction: Direction
  package let ground: ChannelGround
  package let log: Journal
  private let places: DirectionPlaces

  init(_ direction: Direction, of ground: ChannelGround) throws(ChannelError) {
    self.direction = direction
    self.ground = ground
    places = try DirectionPlaces(direction, of: ground)
    log = Journal(places)
  }

  // Asked for anew each time: somebody may have deleted them and the journal opened those that stand there now.
  package var folder: Directory { places.current.folder }
  package var journal: Directory { places.current.journal }
  package var readers: Directory { places.current.readers }
  package var quarantine: Directory { places.current.quarantine }
  package var staging: Staging { places.current.staging }

  package var key: ChannelKey { ground.key }
  package var boot: UniqueID { ground.boot }
  package var path: String { ground.path }
  package var options: ChannelFolder.Options { ground.options }

  /// What stands at the window's name, whatever it is; nil when nothing does.
  func windowFacts() throws(ChannelError) -> FileFacts? {
    let (channel, name) = (ground.directory, ChannelLayout.window(direction))
    return try ChannelError.calls(at: channel.path(of: name)) { () throws(SystemError) in
      try channel.facts(of: name)
    }
  }
}
