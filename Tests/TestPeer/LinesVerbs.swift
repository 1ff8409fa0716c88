// What the peer does as a program that knows sockets alone.

internal import ChannelMessages
internal import Glibc
internal import TestSupport

/// `lines-answer SOCKET`: connects there and answers each request, one a line, with its own payload, until it is killed.
func linesAnswer(_ arguments: [String]) throws {
  let socket = try RawSocket(path: arguments[0])
  print("ready")
  fflush(nil)
  var held: [UInt8] = []
  while true {
    let bytes = try socket.receive()
    if bytes.isEmpty { return }
    held += bytes
    while let end = held.firstIndex(of: UInt8(ascii: "\n")) {
      let request = try Message(Array(held[..<end]))
      held.removeFirst(end + 1)
      try socket.send("{\"type\":\"response\",\"reply_to\":\"\(request.id)\",\"payload\":\(request.payload)}\n")
    }
  }
}
