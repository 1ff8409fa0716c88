import ChannelBridge
import ChannelBridgeCommand
import ChannelSockets
import LinuxIO
import Testing
import Transom

/// What is told to whoever runs a bridge, and what to do about it.
@Suite("Words of a bridge") struct BridgeWordsTests {
  private static let issuer = TLSError.unknownIssuer(subject: "server", issuer: "My CA")

  private static func line(_ notice: BridgeNotice, at address: String = "wss://example.org/a") throws -> String {
    BridgeAdvice.line(notice, at: try PeerAddress(address))
  }

  @Test func tellAllThatIsWrongWithACertificateAndThatItIsTriedAgain() throws {
    let said = try Self.line(.shutOut("wss://example.org:443/a", .insecure(Self.issuer), again: .seconds(2)))
    #expect(
      said.contains("signed by My CA, which is not trusted here; add that one's certificate to those that are, or")
    )
    #expect(said.contains("send what is between; tried again in 2 s"), "\(said)")
    #expect(said.contains("--ca"), "\(said)")
  }

  @Test func cutWhatOthersHaveWrittenIntoACertificateAndNotWhatToDo() {
    let long = String(repeating: "x", count: 500)
    let said = "\(TLSError.unknownIssuer(subject: long, issuer: long))"
    #expect(said.count < 400 && said.hasSuffix("or have the other end send what is between"), "\(said)")
    let names = "\(TLSError.wrongName(expected: "a", has: (0..<100).map { "name\($0)" }))"
    #expect(names.contains("name3 and 96 others; name one of these"), "\(names)")
  }

  @Test func sayWhenTheOneWhoWasLostIsTriedAgain() throws {
    #expect(try Self.line(.lost("unix:a", nil, again: .milliseconds(50))) == "unix:a is done; tried again in 50 ms")
    #expect(try Self.line(.lost("unix:a", "the line was cut")) == "unix:a is lost: the line was cut")
    let silent = try Self.line(.shutOut("unix:a", .lost(nil), again: .seconds(1)))
    #expect(silent == "unix:a is lost: it has ended before anything was said; tried again in 1 s")
  }

  @Test func sayThatNoFurtherConnectionIsToBeHad() throws {
    let said = try Self.line(.aloneThere("unix:a", "it is full", again: .seconds(4)))
    #expect(said == "no further connection to unix:a is to be had: it is full; tried again in 4 s")
  }

  @Test func nameTheOptionThatShowsAToken() throws {
    let said = try Self.line(.refusedThere("ws://a:80/", "a token is missing, or none that is known there (4401)"))
    #expect(said.contains("(4401)") && said.contains("--token FILE"), "\(said)")
    let lines = try Self.line(.refusedThere("unix:a", "no"), at: "unix:a")
    #expect(!lines.contains("--token"), "\(lines)")
  }

  @Test func nameTheOptionThatNamesABridge() throws {
    let error = ChannelError(.readerBusy, at: "/c/readers/bridge-socket", "is in use by process 7")
    let said = try Self.line(.troubled(error))
    #expect(said.hasPrefix("/c/readers/bridge-socket: is in use by process 7 ("), "\(said)")
    #expect(said.contains("--name") && !said.contains("group"), "\(said)")
  }

  // MARK: Places

  @Test func sayWhatToDoWhereNobodyListens() throws {
    let missing = SystemError("connect", code: Int32(Self.missing))
    let said = try Self.line(.unreachable("unix:a", missing, again: .seconds(1)), at: "unix:a")
    #expect(said.hasPrefix("unix:a cannot be reached: nobody listens there: "), "\(said)")
    #expect(said.hasSuffix("(start whoever listens there, or add --listen if others are to come here)"), "\(said)")
    // Of these it would not be true.
    let fifo = SystemError("mkfifo", on: "run/in", code: Int32(Self.missing))
    let words = try Self.line(.unreachable("fifo:run/in,b", fifo, again: .seconds(1)), at: "fifo:run/in,b")
    #expect(words.contains("mkdir") && !words.contains("listens"), "\(words)")
    let execution = SystemError("execve", code: Int32(Self.missing))
    let program = try Self.line(.unreachable("exec:a", execution, again: .seconds(1)), at: "exec:a")
    #expect(!program.contains("listens"), "\(program)")
  }

  private static let taken = 98
  private static let exists = 17
  private static let missing = 2
  private static let denied = 13
  private static let notHere = 99

  @Test(arguments: [
    ("tcp:127.0.0.1:7391", taken, ["another program listens here", "end that program", "choose another place"]),
    ("unix:u.sock", taken, ["another program listens here"]),
    ("unix:a/file", exists, ["a/file is there, and is no socket", "remove it", "choose another place"]),
    ("unix:nodir/x.sock", missing, ["there is no directory nodir", "mkdir -p nodir"]),
    ("unix:d/x.sock", denied, ["this user may make no socket in the directory d"]),
    ("http:/d/x.sock", denied, ["the directory /d "]),
    ("tcp:127.0.0.1:80", denied, ["this user may not listen at port 80", "ip_unprivileged_port_start=80"]),
    ("tcp:192.0.2.1:80", notHere, ["this machine has no such address", "127.0.0.1"]),
  ])
  func sayWhyOneCannotListenAndWhatToDo(text: String, code: Int, words: [String]) throws {
    let address = try PeerAddress(text)
    let error = address.cannotListen(SystemError("bind", on: "\(address.endpoint)", code: Int32(code)))
    #expect(words.allSatisfy("\(error)".contains), "\(error)")
    #expect(error.path == "\(address)" && !error.what.contains("cannot be listened at"))
  }

  @Test func leaveToTheSystemWhatItSaysBest() throws {
    let error = try PeerAddress("unix:a").cannotListen(SystemError("bind", on: "a", code: 28))
    #expect(error.what.hasPrefix("cannot be listened at: ") && error.hint.contains("make room"), "\(error)")
  }

  @Test func sayWhichOfTwoFifosIsNone() throws {
    let error = SystemError("mkfifo", on: "afile", code: Int32(Self.exists))
    let said = try Self.line(.unreachable("fifo:afile,b", error, again: .seconds(1)), at: "fifo:afile,b")
    let words = "afile is there, and is no FIFO (remove it); tried again in 1 s"
    #expect(said == "fifo:afile,b cannot be reached: \(words)")
  }
}
