internal import Glibc

/// Ends the program telling whoever started it that a target was missed.
func exitWithFailure() -> Never { exit(1) }
