// What both ends of the daemon's socket have to agree on.

/// How the command and the daemon talk: over a Unix stream socket, one JSON object a line.
///
/// A request is one line, and its answer several: one for each thing that it tells of, so that ten thousand channels make
/// no line of megabytes, and a last one that says what they were, or what was wrong. The next request on the same
/// connection is answered behind it:
///
///     {"version":1,"verb":"channels","limit":2}
///     {"channel":{"path":"/run/user/7/transom/a","name":"a","phase":"idle",…}}
///     {"channel":{"path":"/run/user/7/transom/b","name":"b","phase":"open",…}}
///     {"done":"channels"}
///
///     {"version":1,"verb":"letter","letter":"9"}
///     {"error":{"code":"noChannel","where":"the dead letters","what":"none is \"9\"","hint":"see transom dead list"}}
///
/// Members that somebody does not know mean nothing to him, so a later version can add some; whatever else would change
/// gets another version number.
package enum AdminProtocol {
  package static let version: UInt64 = 1

  /// The longest line of a request, without its line feed.
  package static let requestLimit = 64 << 10
  /// The longest line of an answer: a reload that names every handler is the longest there is.
  package static let answerLimit = 4 << 20
  /// How deep arrays and objects nest at most in a member.
  static let depth = 8
  /// Texts that are long by nature go in pieces of at most so many bytes, which escaping makes six times as long at worst.
  static let pieceLength = 64 << 10
}
