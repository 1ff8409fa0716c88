// What it takes to hold what was said.

internal import ChannelMessages
internal import ChannelWires

extension WireItem {
  /// About how many bytes of memory it takes.
  var heldByteCount: Int {
    switch self {
    case .message(let message): message.heldByteCount
    case .acknowledged(let ids): ids.reduce(0) { $0 + $1.utf8.count + 16 }
    case .left, .refusedThere, .refused: 0
    }
  }
}
