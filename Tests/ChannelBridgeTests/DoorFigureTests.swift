import ChannelBridge
import ChannelMessages
import TestSupport
import Testing
import Transom

@Suite("Figures of a door", .timeLimit(.minutes(1))) struct DoorFigureTests {
  private static let ann = "0123456789abcdef-ann"

  private static func answer(_ scene: OwnDoor, _ path: String, _ words: String = "") throws -> String {
    let socket = try RawSocket(port: scene.port)
    let body = "Content-Type: application/json\r\nContent-Length: 1\r\n\r\n7"
    try socket.send("POST \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(words)\(body)")
    return String(decoding: try socket.receiveAll(), as: UTF8.self)
  }

  /// What the channel says is an answer, also where it is an error.
  @Test func countAnswersAndRefusalsWhateverIsSpoken() async throws {
    let rule = try AccessRule(for: ["ann"], methods: ["double", "nobody"], events: [])
    try await OwnDoor.with(try OwnDoor.access("ann \(Self.ann)", [rule])) { scene in
      let responder = scene.channel.respond(to: "double") { (number: Int) in 2 * number }
      let token = "Authorization: Bearer \(Self.ann)\r\n"
      #expect(try Self.answer(scene, "/channels/channel/requests/double", token).hasSuffix("14\n"))
      #expect(try Self.answer(scene, "/channels/channel/requests/double").hasPrefix("HTTP/1.1 401 "))
      #expect(try Self.answer(scene, "/channels/channel/requests/other", token).hasPrefix("HTTP/1.1 403 "))
      let hasty = token + "Transom-Timeout: 1ms\r\n"
      #expect(try Self.answer(scene, "/channels/channel/requests/nobody", hasty).hasPrefix("HTTP/1.1 504 "))
      var wanted = DoorFigures()
      (wanted.answered, wanted.refused) = (2, 2)
      try await eventually { await scene.door.figures == wanted }
      let talker = try await scene.connect(Self.ann)
      try talker.say(#"{"id":"1","type":"request","method":"double","payload":4}"#)
      #expect(try talker.message().payload == 8)
      try talker.say(#"{"id":"2","type":"request","method":"other"}"#)
      #expect(try talker.message().error != nil)
      try talker.say(#"{"id":"3","type":"event","method":"tick"}"#)
      // One connection, which was made by a request.
      (wanted.connections, wanted.answered, wanted.refused) = (1, 4, 4)
      try await eventually { await scene.door.figures == wanted }
      let silent = try RawSocket(port: scene.port)
      wanted.connections = 2
      try await eventually { await scene.door.figures == wanted }
      talker.socket.shut()
      wanted.connections = 1
      try await eventually { await scene.door.figures == wanted }
      withExtendedLifetime((responder, silent)) {}
    }
  }
}
