// What lives on a loop.

/// Something that holds on to a loop's handles, and is told when the loop ends.
protocol LoopResident: AnyObject {
  /// Closes them, on the loop's thread.
  func loopEnds()
}
