import ChannelBridge
import ChannelMessages
import ChannelModel
import TestSupport
import Testing

@Suite("Tokens") struct AccessTokenTests {
  private static let secret = "0123456789abcdef"

  private func at(_ text: String) throws -> WallTime { try #require(WallTime(utc: text.utf8)) }

  private func parse(_ text: String) throws(AccessTokenFault) -> AccessTokens {
    try AccessTokens(parsing: Array(text.utf8))
  }

  private func find(_ presented: String, in text: String, at time: String = "2027-01-01") throws -> AccessTokens.Finding
  {
    try parse(text).find(Array(presented.utf8), at: try at(time))
  }

  @Test(arguments: [
    "ci 0123456789abcdef", "ci 0123456789abcdef\n", "  ci\t \t0123456789abcdef  \n", "ci 0123456789abcdef\r\n",
    "# those of the build\n\n \t \nci 0123456789abcdef", "\u{FEFF}ci 0123456789abcdef",
    "\u{FEFF}# a\r\nci 0123456789abcdef\r",
    "  # ci 0000000000000000\r\n\r\nci 0123456789abcdef\r\n", "a 0123456789abcde!\nci 0123456789abcdef 2027-01-02\r\n",
  ])
  func areReadAsPeopleWriteThem(text: String) throws {
    #expect(try find(Self.secret, in: text) == .valid("ci"))
  }

  @Test(arguments: [
    "ci", "0123456789abcde", "0123456789abcdef0", "0123456789abcdeF", "", " 0123456789abcdef", "0123456789abcdef\n",
    "ci 0123456789abcdef", "0000000000000000", "0123456789abcdé", "0123456789abcdef\0",
  ])
  func areUnknownUnlessEachByteIsRight(presented: String) throws {
    #expect(try find(presented, in: "ci \(Self.secret)\n# no \(Self.secret)0\n") == .unknown)
  }

  @Test func areToldFromThoseThatTheyAreTheBeginningOf() throws {
    let text = (0..<20).map { "n\($0) \(Self.secret)\(String(repeating: "x", count: $0))" }.joined(separator: "\n")
    for count in 0..<20 {
      let presented = Self.secret + String(repeating: "x", count: count)
      #expect(try find(presented, in: text) == .valid("n\(count)"))
    }
    #expect(try find(Self.secret + String(repeating: "x", count: 20), in: text) == .unknown)
  }

  @Test func holdUntilTheirMomentAndNotAtIt() throws {
    let text = "day \(Self.secret) 2027-01-31\nnoon \(Self.secret)2 2027-01-31T12:00:00Z\nage \(Self.secret)3"
    #expect(try find(Self.secret, in: text, at: "2027-01-30T23:59:59Z") == .valid("day"))
    #expect(try find(Self.secret, in: text, at: "2027-01-31T00:00:00Z") == .expired("day"))
    #expect(try find(Self.secret + "2", in: text, at: "2027-01-31T11:59:59Z") == .valid("noon"))
    #expect(try find(Self.secret + "2", in: text, at: "2027-01-31T12:00:00Z") == .expired("noon"))
    #expect(try find(Self.secret + "3", in: text, at: "2500-01-01") == .valid("age"))
    let tokens = try parse(text)
    let last = WallTime(nanoseconds: try at("2027-01-31").nanoseconds - 1)
    #expect(tokens.find(Array(Self.secret.utf8), at: last) == .valid("day"))
    #expect(tokens.tokens.map { $0.hasExpired(at: last) } == [false, false, false])
  }

  @Test func mayBeLongAndNotEndless() throws {
    let longest = String(repeating: "k", count: 4_096)
    #expect(try find(longest, in: "ci \(longest)") == .valid("ci"))
    #expect(try find(String(repeating: "k", count: 10 << 20), in: "ci \(longest)") == .unknown)
    #expect(throws: AccessTokenFault(line: 1, reason: .tooLong)) { try parse("ci \(longest)k") }
  }

  @Test(arguments: [
    ("ci", AccessTokenFault.Reason.noToken), ("0123456789abcdef", .noToken), ("ci # 0123456789abcdef", .tooShort),
    ("ci 0123456789abcdef 2027-01-31 # ours", .tooManyWords), ("ci: 0123456789abcdef", .unusableName),
    ("größe 0123456789abcdef", .unusableName), ("* 0123456789abcdef", .unusableName),
    ("-ci 0123456789abcdef", .unusableName), ("anonymous 0123456789abcdef", .reservedName),
    ("ci 0123456789abcde", .tooShort), ("ci 0123456789abcdé", .unusableToken),
    ("ci 0123456\u{7F}89abcdef", .unusableToken),
    ("ci 0123456789abcdef\u{A0}", .unusableToken), ("ci 0123456789\rbcdef", .unusableToken),
    ("ci 0123456789abcdef tomorrow", .unusableExpiry), ("ci 0123456789abcdef 2027-02-29", .unusableExpiry),
    ("ci 0123456789abcdef \u{661}", .unusableExpiry),
    ("ci 1123456789abcdef\nci 0123456789abcdef", .nameTaken(line: 4)),
    ("a 0123456789abcdef\nci 0123456789abcdef 2027-02-02", .tokenTaken(line: 4)),
  ])
  func areRefusedWithLineAndReason(text: String, reason: AccessTokenFault.Reason) {
    let line = 4 + text.utf8.count { $0 == UInt8(ascii: "\n") }
    #expect(throws: AccessTokenFault(line: line, reason: reason)) {
      try parse("# ours\r\nother ffffffffffffffff\r\n\r\n\(text)\r\n")
    }
  }

  @Test func areNoneWhereBytesAreNoText() {
    #expect(throws: AccessTokenFault(line: 1, reason: .unusableName)) {
      try AccessTokens(parsing: [0xFF, 0xFE] + Array("ci 0123456789abcdef".utf8))
    }
  }

  @Test func noneLetNobodyIn() throws {
    for text in ["", "\n", "# none any more\n"] {
      #expect(try parse(text).tokens.isEmpty)
      #expect(try find(Self.secret, in: text) == .unknown)
      #expect(try find("", in: text) == .unknown)
    }
  }

  /// Also where name and token have changed places.
  @Test(arguments: [
    "SECRETSECRETSECRET ci", "SECRETSECRETSECRET 0123456789abcdef\nSECRETSECRETSECRET 1123456789abcdef",
    "a SECRETSECRETSECRET\nb SECRETSECRETSECRET", "ci 0123456789abcdef SECRETSECRETSECRET", "ci SECRETSECRETSECRET x",
    "ci SECRETSECRETSECRETé", "SECRETSECRETSECRET", "_SECRETSECRETSECRET x", "a b SECRETSECRETSECRET d",
  ])
  func areNeverToldInARefusal(text: String) throws {
    let fault = try #require(throws: AccessTokenFault.self) { try parse(text) }
    var told = "\(fault) \(fault.reason)"
    dump(fault, to: &told)
    #expect(!told.contains("SECRET"))
  }

  @Test func areNotPrintedByAccident() throws {
    let tokens = try AccessTokens(parsing: Array("ci \(Self.secret)".utf8), key: SipHash.Key(low: 4_711, high: 815))
    var told = "\(tokens) \(String(reflecting: tokens)) \([tokens]) \(tokens.tokens)"
    dump(tokens, to: &told)
    #expect(!told.contains(Self.secret) && !told.contains("4711") && !told.contains("815"))
    #expect(told.contains("1 token") && told.contains("ci"))
  }
}
