// A second process for tests to look at, kill and confine: `TestPeer VERB ARGUMENT…`, one line of the table a verb.

internal import Glibc

let verbs: [String: ([String]) throws -> Void] = [
  "channel-answer": channelAnswer,
  "channel-die": channelDie,
  "channel-flood": channelFlood,
  "channel-many": channelMany,
  "channel-send": channelSend,
  "child-hold": childHold,
  "group-read": groupRead,
  "handler-worker": handlerWorker,
  "inotify-fill": inotifyFill,
  "inotify-follow": inotifyFollow,
  "inotify-open": inotifyOpen,
  "inotify-record": inotifyRecord,
  "journal-hold": journalHold,
  "journal-open": journalOpen,
  "journal-speed": journalSpeed,
  "journal-write": journalWrite,
  "ledger-fill": ledgerFill,
  "ledger-hold": ledgerHold,
  "ledger-serve": ledgerServe,
  "lines-answer": linesAnswer,
  "lock-contend": lockContend,
  "lock-hold": lockHold,
  "lock-take": lockTake,
  "process-identity": processIdentity,
  "process-look": processLook,
  "reader-feed": readerFeed,
  "reader-hold": readerHold,
  "reader-read": readerRead,
  "socket-give": socketGive,
  "socket-take": socketTake,
  "stream-echo": streamEcho,
  "watcher-fill": watcherFill,
]

let arguments = Array(CommandLine.arguments.dropFirst())
guard let name = arguments.first, let verb = verbs[name] else {
  print("usage: TestPeer VERB ARGUMENT…; verbs: \(verbs.keys.sorted().joined(separator: " "))")
  exit(64)
}
do {
  try verb(Array(arguments.dropFirst()))
} catch {
  print("error: \(error)")
  exit(1)
}
