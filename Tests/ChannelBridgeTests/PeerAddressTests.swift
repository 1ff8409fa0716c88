import ChannelBridge
import TestSupport
import Testing

@Suite("Addresses of the other end") struct PeerAddressTests {
  @Test(arguments: [
    ("unix:/run/a b.sock", "unix:/run/a b.sock"), ("unix:here.sock", "unix:here.sock"),
    ("unix:///run/a", "unix:/run/a"), ("unix://////a", "unix:/a"),
    ("unix:@name", "unix:@name"), ("tcp:127.0.0.1:7000", "tcp:127.0.0.1:7000"), ("tcp://host:1", "tcp:host:1"),
    ("tcp:[::1]:65535", "tcp:[::1]:65535"), ("tcp:[::1]:0", "tcp:[::1]:0"),
    ("tls:example.org:7000", "tls:example.org:7000"), ("tls://[::1]:1", "tls:[::1]:1"),
    ("http:127.0.0.1:80", "http://127.0.0.1:80"), ("http://[::1]:80/", "http://[::1]:80"),
    ("https://example.org:443", "https://example.org:443"), ("http:/run/a.sock", "http:/run/a.sock"),
    ("http:@name", "http:@name"), ("ws://127.0.0.1:80/a?b=c", "ws://127.0.0.1:80/a?b=c"),
    ("ws:host:8080", "ws://host:8080/"), ("ws://[::1]/a", "ws://[::1]:80/a"),
    ("wss://example.org", "wss://example.org:443/"),
    ("wss://example.org:1?a", "wss://example.org:1/?a"), ("ws://[::1]:5", "ws://[::1]:5/"),
    ("fifo:/run/in,/run/out", "fifo:/run/in,/run/out"), ("fifo:a,b", "fifo:a,b"), ("stdio:", "stdio:"),
    ("mq:/in,/out", "mq:/in,/out"),
    ("exec:ssh  host 'a b'", "exec:ssh host 'a b'"), ("exec://bin/x", "exec://bin/x"),
    ("exec: \u{301}a b\u{600}\tc", "exec:\u{301}a b\u{600} c"),
    ("wss://a\u{600}/b", "wss://a\u{600}:443/b"), ("wss:\u{610}", "wss://\u{610}:443/"),
    ("tcp:[a:\u{301}]:1", "tcp:[a:\u{301}]:1"),
    ("fifo:a\u{600},\u{301}b", "fifo:a\u{600},\u{301}b"),
  ])
  func areReadAsPeopleWriteThem(text: String, meaning: String) throws {
    #expect("\(try PeerAddress(text))" == meaning)
  }

  @Test(arguments: [
    ("", PeerAddress.Fault.noScheme), (":", .noScheme), ("/run/a.sock", .noScheme), ("unix:", .noPath),
    ("unix:@", .noPath),
    ("tcp:7000", .noPort(scheme: "tcp")), ("tcp:host", .noPort(scheme: "tcp")), ("tcp::1", .noPort(scheme: "tcp")),
    ("tcp:host:", .noPort(scheme: "tcp")),
    ("tcp:host:65536", .portTooHigh("65536")),
    ("tcp:host:-1", .noPort(scheme: "tcp")), ("tcp:host:+7", .noPort(scheme: "tcp")),
    ("tcp:////:1", .noPort(scheme: "tcp")), ("tcp:a b:1", .noPort(scheme: "tcp")),
    ("tcp:::1:80", .noPort(scheme: "tcp")),
    ("ftp:host:1", .unknownScheme("ftp")), ("http://host", .noPort(scheme: "http")),
    ("http://host:80/a", .pathAtDoor(isSecure: false)), ("http:@", .noPort(scheme: "http")),
    ("https:/run/a.sock", .noPort(scheme: "https")), ("http:here.sock", .noPort(scheme: "http")),
    ("ws:/a", .noPort(scheme: "ws")), ("ws://:80/a", .noPort(scheme: "ws")),
    ("ws://a:b@c/", .noPort(scheme: "ws")), ("ws://a:/", .noPort(scheme: "ws")), ("ws://::1/", .noPort(scheme: "ws")),
    ("ws://a/b#c", .noTarget),
    ("ws://a/b c", .noTarget), ("wss://a/ü", .noTarget), ("ws://a/b?c=d&token=e", .tokenInTarget),
    ("fifo:a", .noPair), ("mq:a,b", .noQueues), ("mq:/a,/a", .noQueues), ("mq:/a/b,/c", .noQueues),
    ("mq:/,/a", .noQueues), ("fifo:a,", .noPair), ("fifo:a,a", .noPair), ("fifo:a,b,c", .noPair),
    ("stdio:-", .notAlone("stdio:")),
    ("exec:", .noProgram), ("exec: ''", .noProgram), ("exec:a '", .unfinishedWord),
  ])
  func areRefusedWithAReason(text: String, fault: PeerAddress.Fault) {
    #expect(throws: fault) { try PeerAddress(text) }
  }

  @Test(arguments: [
    ("ws://example.org:80/", "example.org"), ("ws://example.org:443/", "example.org:443"), ("wss://[::1]/", "[::1]"),
    ("wss://example.org:80/", "example.org:80"), ("ws://[::1]:5/", "[::1]:5"),
  ])
  func areSaidToAServerWithoutThePortThatGoesWithoutSaying(text: String, authority: String) throws {
    #expect(try PeerAddress(text).authority == authority)
  }

  /// The words stand in brackets, and name what one of that kind is like.
  @Test(arguments: [
    ("http:door.sock", ["http://127.0.0.1:8080", "http:/run/"]), ("http://127.0.0.1", ["http://127.0.0.1:8080"]),
    ("https:/run/a.sock", ["https://"]), ("http://127.0.0.1:80/a", ["paths of its own", "http://127.0.0.1:8080"]),
    ("ws:/x", ["ws://127.0.0.1:8080/path"]), ("ws://", ["ws://"]), ("wss://", ["wss://"]),
    ("tls:host", ["tls:127.0.0.1:7000"]), ("tcp:host", ["tcp:127.0.0.1:7000"]), ("tcp:host:99999", ["99999", "65535"]),
    ("fifo:a", ["fifo:"]), ("ws://a/b?token=c", ["--token"]),
  ])
  func areRefusedWithAnExampleOfTheirKind(text: String, words: [String]) {
    let fault = #expect(throws: PeerAddress.Fault.self) { try PeerAddress(text) }
    let said = fault.map { "\($0)" } ?? ""
    #expect(words.allSatisfy(said.contains) && !said.contains("("), "\(said)")
  }
}
