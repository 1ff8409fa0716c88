// What a channel's path leads to at a moment.

internal import ChannelModel

/// A direction's folder, with which of the channels that were found at the path it belongs to.
struct FoundFolder {
  let folder: DirectionFolder
  let epoch: UInt64

  static func find(_ direction: Direction, of core: ChannelCore) throws(ChannelError) -> FoundFolder {
    while true {
      let epoch = core.epoch
      let folder = try core.direction(direction)
      // To ask for it may be what finds that the channel was replaced.
      if core.epoch == epoch { return FoundFolder(folder: folder, epoch: epoch) }
    }
  }

  /// Nil while somebody may be about to make the channel again: there will be a notice, whether it comes or not.
  static func expect(_ direction: Direction, of core: ChannelCore) throws(ChannelError) -> FoundFolder? {
    do throws(ChannelError) {
      return try find(direction, of: core)
    } catch  where error.code == .noChannel && core.isExpectedBack {
      return nil
    }
  }
}
