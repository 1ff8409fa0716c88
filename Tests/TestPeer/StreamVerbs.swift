// What the peer does with its standard input and output.

internal import ChannelSockets
internal import Glibc
internal import LinuxIO
internal import TestSupport

/// `stream-echo`: writes all that it reads on standard input to standard output, and says on standard error how that came
/// to its end. What it prints meanwhile goes to nobody.
func streamEcho(_ arguments: [String]) throws {
  let loop = try Loop()
  loop.perform {
    do {
      let stream = try ByteStream.standard(on: loop)
      print("nobody hears this")
      fflush(nil)
      let echo = StreamEcho(stream)
      stream.begin { event in
        guard case .closed(let end) = event else { return echo.hear(event) }
        say("\(end)")
        loop.stop()
      }
    } catch {
      say("error: \(error)")
      loop.stop()
    }
  }
  loop.run()
}

private func say(_ text: String) {
  var line = text + "\n"
  _ = line.withUTF8 { unsafe write(2, $0.baseAddress, $0.count) }
}
