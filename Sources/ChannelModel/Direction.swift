// The two ways through a channel.

package import ChannelMessages

/// One of a channel's two directions: its window, its lock, its journal.
package enum Direction: UInt8, CaseIterable, Hashable, Sendable {
  case backendToFrontend = 0
  case frontendToBackend = 1

  /// The direction that `side` writes.
  package init(writtenBy side: Side) {
    self = side == .backend ? .backendToFrontend : .frontendToBackend
  }

  package var writer: Side { self == .backendToFrontend ? .backend : .frontend }

  package var reader: Side { self == .backendToFrontend ? .frontend : .backend }

  /// The other way.
  package var opposite: Direction { self == .backendToFrontend ? .frontendToBackend : .backendToFrontend }

  /// What the names of its files begin with.
  package var name: String {
    switch self {
    case .backendToFrontend: "backend_to_frontend"
    case .frontendToBackend: "frontend_to_backend"
    }
  }
}
