-- What wrk asks of the door and of its echo, and what it says at the end for Bench to read.
wrk.method = 'POST'
wrk.headers['Content-Type'] = 'application/json'
wrk.body = '{"n":7,"text":"as much as people ask"}'

function done(summary, latency)
  local errors = summary.errors
  local bad = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format('figures %d %d %d %d %d %d\n', summary.requests, summary.duration, bad,
    latency:percentile(50), latency:percentile(99), latency:percentile(99.9)))
end
