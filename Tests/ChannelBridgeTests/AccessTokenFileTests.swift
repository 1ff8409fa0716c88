import ChannelBridge
import ChannelModel
import TestSupport
import Testing

@Suite("Files of tokens") struct AccessTokenFileTests {
  private func file(in folder: String, _ text: String, permissions: UInt32) -> String {
    RawFiles.write(text, to: "\(folder)/tokens")
    RawFiles.setPermissions("\(folder)/tokens", to: permissions)
    return "\(folder)/tokens"
  }

  private func fault(_ path: String) throws -> AccessTokenFileError {
    try #require(throws: AccessTokenFileError.self) { try AccessTokens.read(path) }
  }

  @Test(arguments: [0o600, 0o400] as [UInt32])
  func areReadWhenTheyAreTheirOwnersOnly(permissions: UInt32) throws {
    try withScratchDirectory { folder in
      let path = file(in: folder, "ci 0123456789abcdef\r\n", permissions: permissions)
      RawFiles.makeSymlink("\(folder)/link", to: path)
      for path in [path, "\(folder)/link"] {
        let tokens = try AccessTokens.read(path)
        #expect(tokens.find(Array("0123456789abcdef".utf8), at: WallTime(nanoseconds: 1)) == .valid("ci"))
      }
    }
  }

  @Test(arguments: [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o666] as [UInt32])
  func areRefusedWhenOthersHaveARightToThem(permissions: UInt32) throws {
    try withScratchDirectory { folder in
      let path = file(in: folder, "ci 0123456789abcdef", permissions: permissions)
      let error = try fault(path)
      #expect(error.reason == .openToOthers(permissions: permissions))
      #expect(
        "\(error)".contains("mode is \(String(permissions, radix: 8))") && "\(error)".contains("chmod 600 \(path)")
      )
    }
  }

  @Test func tellWhichLineIsWrong() throws {
    try withScratchDirectory { folder in
      let path = file(in: folder, "# a\nci short", permissions: 0o600)
      let error = try fault(path)
      #expect("\(error)".hasPrefix("\(path):2: the token has fewer than 16 bytes"))
    }
  }

  @Test func areRefusedWhenTheyAreNone() throws {
    try withScratchDirectory { folder in
      RawFiles.makeFIFO("\(folder)/fifo")
      RawFiles.makeDirectory("\(folder)/directory")
      RawFiles.makeSparse("\(folder)/huge", size: 1 << 20 + 1)
      RawFiles.setPermissions("\(folder)/huge", to: 0o600)
      for name in ["fifo", "directory", "huge", "missing", ""] {
        let error = try fault("\(folder)/\(name)")
        guard case .unreadable = error.reason else {
          Issue.record("\(error)")
          continue
        }
        #expect("\(error)".hasPrefix("\(folder)/\(name): "))
      }
    }
  }
}
