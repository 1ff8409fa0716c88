import ChannelDaemon
import Testing

@Suite struct ConfigurationTests {
  @Test func levelsRise() {
    #expect(LogLevel.debug < .info && LogLevel.info < .warning && LogLevel.warning < .error)
  }
}
