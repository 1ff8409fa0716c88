// What one says of oneself at a WebSocket.

internal import ChannelWires

/// Who comes, and by which name events are kept for it there.
package struct PeerIntroduction: Hashable, Sendable {
  package var token: OwnToken?
  /// As a door has it; a server that knows nothing of it passes it over.
  package var reader: String?
  /// Whether somebody is there already by this name, and nothing is to be kept twice.
  var isFurther = false

  package init(token: OwnToken? = nil, reader: String? = nil) {
    self.token = token
    self.reader = reader
  }

  /// What is asked for at the server; a reader that stands there already is kept.
  func target(_ target: String) -> String {
    if isFurther { return Self.withoutReader(target) }
    guard let reader else { return target }
    let query = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).dropFirst().first
    guard let query else { return "\(target)?reader=\(reader)" }
    if query.split(separator: "&").contains(where: { $0.hasPrefix("reader=") }) { return target }
    return query.isEmpty ? "\(target)reader=\(reader)" : "\(target)&reader=\(reader)"
  }

  private static func withoutReader(_ target: String) -> String {
    let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
    guard halves.count == 2 else { return target }
    let rest = halves[1].split(separator: "&").filter { !$0.hasPrefix("reader=") }
    return rest.isEmpty ? String(halves[0]) : "\(halves[0])?\(rest.joined(separator: "&"))"
  }

  var headers: [HTTPHeader] {
    token.flatMap { HTTPHeader("Authorization", "Bearer \($0.text)") }.map { [$0] } ?? []
  }
}
