// Waiting on a loop.

extension Loop {
  /// Waits for so long without keeping anybody else. To be called on the loop.
  package func pause(_ time: Duration) async {
    await withCheckedContinuation { waiting in
      var timer: LoopTimer?
      timer = LoopTimer(on: self) {
        timer = nil
        waiting.resume()
      }
      timer?.set(after: time)
    }
  }
}
