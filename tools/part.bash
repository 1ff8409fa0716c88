# Sourced by the scripts beside it: runs a job in parts, tells each part's time, and counts the parts that failed.

failed_parts=()
# What failed in them, for the end: of a long run often only that is kept.
failures=$(mktemp)
trap 'rm -f "$failures"' EXIT

# Seconds as people read them.
spent() {
  if (($1 < 60)); then echo "$1 s"; else echo "$(($1 / 60)) min $(($1 % 60)) s"; fi
}

# part NAME COMMAND...: a part that fails is remembered and the next one runs all the same, so that one run shows all.
# Never call it behind `if`, `&&` or `||`: bash would then ignore errors inside COMMAND.
part() {
  local name=$1 start=$SECONDS status
  shift
  echo "== $name"
  set +e
  (
    set -e
    "$@"
  )
  status=$?
  set -e
  if ((status == 0)); then
    echo "== $name: passed, $(spent $((SECONDS - start)))"
  else
    echo "== $name: FAILED with status $status, $(spent $((SECONDS - start)))"
    failed_parts+=("$name")
  fi
}

# finish SCRIPT: the closing line, and the exit status of the whole script.
finish() {
  cat "$failures"
  if ((${#failed_parts[@]} > 0)); then
    local names
    printf -v names ', %s' "${failed_parts[@]}"
    echo "$1: FAILED after $(spent "$SECONDS"): ${names:2}"
    exit 1
  fi
  echo "$1: everything passed, $(spent "$SECONDS")"
}
