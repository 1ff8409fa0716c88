// What a loop runs beside its handles.

/// One thing to be done on the loop's thread.
enum LoopWork {
  /// A part of a task.
  case job(UnownedJob)
  /// A closure.
  case errand(@Sendable () -> Void)
}
