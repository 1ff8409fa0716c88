// What the rows of the table have in common.

/// One thing that is measured. Each row is a file in `Rows`, with its two sides next to each other.
protocol Row: Sendable {
  /// What is measured, as the table says it.
  var name: String { get }
  /// Those that run in processes of their own.
  var contenders: [Contender] { get }
  /// Starts what has to run while others are measured, and answers how to measure. `number` is the row's own, by which
  /// its workers find it again.
  func begin(_ number: Int, with bench: Bench) throws -> () throws -> [Figure]
}

extension Row {
  var contenders: [Contender] { [] }
}

enum Rows {
  static let all: [any Row] =
    [
      AppendRow.row,
      SendRow.row,
      BacklogRow.row,
      BacklogRow.shown,
      MessageTripRow.journals,
      MessageTripRow.shown,
      RoundTripRow.row,
      RoundTripRow.besidePeers,
      AsyncRoundTripRow.row,
      BridgeTripRow.row,
      DoorRow.row,
      FlowRow.oneByOne,
      FlowRow.batches,
      FloodRow.ruledOut,
      FloodRow.known,
      ImportRow.row,
      StartRow.row,
      ResidentRow.row,
      IdleRow.row,
      ScanRow.row,
    ] as [any Row] + ScanRow.others
}
