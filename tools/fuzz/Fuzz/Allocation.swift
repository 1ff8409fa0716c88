internal import CFuzz

/// Runs checks whose own memory is not the business of the code under test.
func uncounted<Result>(_ body: () -> Result) -> Result {
  cfuzz_pause()
  defer { cfuzz_resume() }
  return body()
}
