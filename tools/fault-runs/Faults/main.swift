// Damages channels on purpose and looks whether anything that was promised is broken.
//
// Started by people it runs rounds; started by itself, with `--part`, it is one of the programs of a round.

internal import Glibc

let words = Array(CommandLine.arguments.dropFirst())
if words.first == "--part" {
  Part.run(Array(words.dropFirst()))
} else {
  exit(FaultRuns.run(words))
}
