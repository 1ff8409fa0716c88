/// Which end of a channel somebody is.
public enum Side: String, Sendable, Hashable, CaseIterable {
  /// Writes `backend_to_frontend.json` and reads the other direction.
  case backend
  /// Writes `frontend_to_backend.json` and reads the other direction.
  case frontend

  /// The end that this one talks to.
  public var other: Side {
    switch self {
    case .backend: .frontend
    case .frontend: .backend
    }
  }
}
