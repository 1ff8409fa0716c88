// What tests of monitors begin with.

internal import ChannelMessages
internal import ChannelModel
internal import Glibc
internal import LinuxIO
internal import TestSupport
internal import Testing
@testable internal import Transom

/// A channel with programs that write and one that only looks on, as the backend.
final class MonitorScene {
  let path: String
  /// The frontend's window, as a 1.0 program writes it.
  let peer: PeerScene
  /// All that the monitor does with files.
  let calls: ReadOnlyCalls
  let troubles = ToldTroubles()
  private var channels: [Channel] = []

  private init(_ path: String, _ calls: ReadOnlyCalls) {
    self.path = path
    self.calls = calls
    peer = PeerScene(path: path, side: .frontend)
  }

  /// Runs a test's body; `isBare` leaves a directory in which only 1.0 programs have been.
  static func with(
    isBare: Bool = false,
    refusingWith code: Int32 = EROFS,
    _ body: (MonitorScene) async throws -> Void
  ) async throws {
    try await withScratchDirectory { folder in
      let scene = MonitorScene("\(folder)/channel", ReadOnlyCalls(refusingWith: code))
      if isBare {
        RawFiles.makeDirectory(scene.path)
        scene.peer.publish([])
      } else {
        _ = try ChannelFolder.open(scene.path, options: ChannelFolder.Options())
      }
      RawFiles.makeSymlink("\(folder)/view", to: folder)
      do {
        try await body(scene)
      } catch {
        for channel in scene.channels { await channel.close() }
        throw error
      }
      for channel in scene.channels { await channel.close() }
    }
  }

  /// The monitor; one that might write and does not, or, `asked` or not, one that may not.
  func monitor(asked: Bool = true, options: ChannelOptions = ChannelOptions()) throws -> Channel {
    var options = options
    options.access = asked ? .monitor : .asPermitted
    // By another path: what opens the channel in this process without asking shares what it may.
    let path = path.replacing("/channel", with: "/view/channel")
    let channel = try Channel(at: path, as: .backend, options: options, calls: calls, onTrouble: troubles.tell)
    channels.append(channel)
    return channel
  }

  /// An end of ours that may write.
  func native(_ side: Side) throws -> Channel {
    let channel = try Channel(at: path, as: side)
    channels.append(channel)
    return channel
  }

  /// Takes in what lies in the windows, as any reader of ours does that comes.
  func takeIn() async throws {
    let reader = try Channel(at: path, as: .backend)
    let messages = reader.messages
    withExtendedLifetime(messages) {}
    await reader.close()
  }

  /// Removes the channel, or something in it.
  func remove(_ name: String? = nil) throws {
    if let name {
      try Directory.open(path).removeTree(name)
    } else {
      try Directory.open(String(path.dropLast("/channel".count))).removeTree("channel")
    }
  }

  /// What lies below the channel, with the time at which each was last changed.
  func picture() throws -> [String: FileStamp] { try LookingTests.picture(of: Directory.open(path)) }

  /// The next messages; more than those would be there before the last one.
  static func take(_ count: Int, from messages: Messages) async throws -> [Message] {
    try await ImportingTests.take(count, from: messages)
  }
}
