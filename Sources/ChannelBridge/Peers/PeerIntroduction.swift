// What one says of oneself at a WebSocket.

internal import ChannelWires

/// Who comes, and by which name events are kept for it there.
package struct PeerIntroduction: Hashable, Sendable {
  package var token: OwnToken?
  /// As a door has it; a server that knows nothing of it passes it over.
  package var reader: String?

  package init(token: OwnToken? = nil, reader: String? = nil) {
    self.token = token
    self.reader = reader
  }

  /// What is asked for at the server; a reader that stands there already is kept.
  func target(_ target: String) -> String {
    guard let reader else { return target }
    let query = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
    guard let query else { return "\(target)?reader=\(reader)" }
    if query.split(separator: "&").contains(where: { $0.hasPrefix("reader=") }) { return target }
    return query.isEmpty ? "\(target)reader=\(reader)" : "\(target)&reader=\(reader)"
  }

  var headers: [HTTPHeader] {
    token.flatMap { HTTPHeader("Authorization", "Bearer \($0.text)") }.map { [$0] } ?? []
  }
}
