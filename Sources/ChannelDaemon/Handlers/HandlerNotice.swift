// What a handler tells of itself.

package import ChannelSockets

/// What logs and metrics are made of.
package enum HandlerNotice: Sendable {
  /// A program was started.
  case started(pid: Int32)
  /// It has ended, and what it left running in its group was killed.
  case ended(pid: Int32, ChildEnd)
  /// There is no worker, because of this; the next try comes after so long.
  case restarting(after: Duration, why: String)
  /// A message is done with; it took so long since it was handed to a program, or since it was given if it never was.
  case finished(HandlerJob, HandlerOutcome, took: Duration)
  /// A program wrote these lines to its standard error, and so many more that are not told.
  case wrote(pid: Int32, lines: [String], unsaid: Int)
  /// A worker wrote a line that is no answer.
  case malformed(pid: Int32, WorkerLineError)
  /// A worker answered what it was not asked, or not any more.
  case unasked(pid: Int32, id: String)
  /// A worker wrote so many more lines that are no use, of which nothing was told.
  case unsaid(pid: Int32, count: Int)
}
