// Errors as people meet them.

internal import ChannelMessages
internal import TestSupport
internal import Testing
internal import Transom

@Suite("Errors") struct ChannelErrorTests {
  @Test func everyCodeHasANameAStatusAndAHint() {
    for code in ChannelError.Code.allCases {
      #expect(!code.description.isEmpty && !code.hint.isEmpty)
      #expect((1...9).contains(code.exitStatus))
      #expect(!code.hint.contains("."))
    }
    #expect(Set(ChannelError.Code.allCases.map(\.description)).count == ChannelError.Code.allCases.count)
  }

  @Test func sayWhereWhatAndWhatToDo() {
    let error = ChannelError(.timedOut, at: "/run/app", "no answer")
    #expect("\(error)" == "/run/app: no answer (is the other side running, and does it handle this method?)")
  }

  @Test func aMissingChannelIsNamedWhereNoneMayBeMade() throws {
    try withScratchDirectory { path in
      let error = #expect(throws: ChannelError.self) {
        try Channel(at: "\(path)/none", as: .frontend, options: ChannelOptions(creation: .never))
      }
      #expect(error?.code == .noChannel)
      #expect(error?.path == "\(path)/none")
    }
  }

  @Test func aValueThatDoesNotFitIsNamedWithItsKey() throws {
    struct User: Codable { let name: String }
    let text = try JSONText(validating: Array(#"{"name":5}"#.utf8))
    let error = #expect(throws: ChannelError.self) { try text.decode(User.self) }
    #expect(error?.code == .notCodable)
    #expect(error?.what.contains("name") == true)
  }
}
