// A manner of running programs for messages.

internal import ChannelModel

/// What a handler needs of the one who starts programs for it.
///
/// It tells its owner of outcomes, and whenever it may have become able to take something or has come to rest.
protocol HandlerRunner: AnyObject {
  var owner: (any HandlerRunnerOwner)? { get set }

  /// Starts what is to run before there is any message.
  func prepare()
  /// Whether it could take any message now.
  var hasPlace: Bool { get }
  /// Whether it could take this one now.
  func canTake(_ job: HandlerJob) -> Bool
  /// Takes one, of which it just said that it can.
  func take(_ given: GivenJob)
  /// Since when there is no program for anybody, and why; nil while there is one.
  var absence: (since: Moment, why: String)? { get }
  /// Whether a program of it runs.
  var isAtWork: Bool { get }
  /// Has it come to rest when all it took is done; nothing new comes.
  func finish()
  /// Tells its programs to end, and kills them after the grace.
  func end()
}
