// What is kept for a peer while it is away.

/// The reader under whose name events are kept for a peer until it has them for good.
struct Keeping: Hashable {
  let reader: String
  /// It has those up to this one for good, as it says.
  var has: EventMark?
  /// It can only say so when it comes again, which it is to do after so many.
  var most: Int?
}
