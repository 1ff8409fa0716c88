# Sourced by the scripts beside it: builds the programs as they are given to people.

# Their own place: tests are built otherwise, and the two would undo each other's work.
static=.build/static

# With the Swift runtime inside, so that they run where no Swift is.
build_static() {
  local product log
  for product in transom transom-bridge transomd; do
    echo "building $product (some minutes the first time) ..."
    if ! log=$(swift build -c release --static-swift-stdlib --product "$product" --scratch-path "$static" 2>&1); then
      printf '%s\n' "$log" >&2
      return 1
    fi
  done
}
