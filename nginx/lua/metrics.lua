-- Counts, for Prometheus. A key is the line it becomes. A worker counts for itself and adds its counts to shared
-- memory at each pulse, so that counting costs a request next to nothing.
local ngx = ngx
local concat, format, sort = table.concat, string.format, table.sort
local floor, max, min = math.floor, math.max, math.min
local match = string.match

local BUCKETS = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 }
local MICROSECONDS = 1000000

local HELP = {
    gateway_requests_total = { "counter", "Requests by route, method and status" },
    gateway_request_seconds = { "histogram", "Time from the first byte of a request to the last of its answer" },
    gateway_limit_total = { "counter", "Verdicts of the limiter by policy: allowed, limited, shadowLimited" },
    gateway_limit_source_total = {
        "counter", "Who decided: redis, leased (taken ahead), fallback (this node), blocked (already known), penalty, "
            .. "denied (an address list)",
    },
    gateway_redis_microseconds_total = { "counter", "Time spent waiting for Redis" },
    gateway_redis_calls_total = { "counter", "Calls of the limiter to Redis by outcome" },
    gateway_breaker_open = { "gauge", "1 while a worker does not ask Redis" },
    gateway_policies_version = { "gauge", "Version of the policies in use by worker" },
    gateway_server_silent = { "gauge", "1 while a worker lets nobody wait for a server that does not answer" },
    gateway_policies_refused_total = { "counter", "Published policy sets that were refused" },
}

local METHODS = { GET = true, HEAD = true, POST = true, PUT = true, PATCH = true, DELETE = true, OPTIONS = true }

local _M = {}
local counters, counterOfLine = {}, {}
local countersOfRequests = {}


local function dict()
    return ngx.shared.kMetrics
end


-- What is counted under one line. Counting is then one addition in one place, which stays compiled whatever else is
-- counted.
local function counterOf(line)
    local known = counterOfLine[line]
    if known then
        return known
    end

    local counter = { line = line, pending = 0 }
    counterOfLine[line] = counter
    counters[#counters + 1] = counter
    return counter
end


local function count(counter, by)
    counter.pending = counter.pending + by
end


local SOURCES = {}
for _, source in ipairs({ "redis", "leased", "fallback", "blocked", "penalty", "denied" }) do
    SOURCES[source] = counterOf('gateway_limit_source_total{source="' .. source .. '"}')
end
local ANSWERED = counterOf('gateway_redis_calls_total{outcome="answered"}')
local FAILED = counterOf('gateway_redis_calls_total{outcome="failed"}')
local REDIS_MICROSECONDS = counterOf("gateway_redis_microseconds_total")
local POLICIES_REFUSED = counterOf("gateway_policies_refused_total")


-- Adds what this worker counted since the last time to what all workers counted.
function _M.flush()
    for index = 1, #counters do
        local counter = counters[index]
        local by = counter.pending
        -- what is still 0 is shown as well
        if by ~= 0 or not counter.isShown then
            counter.pending, counter.isShown = 0, true
            dict():incr(counter.line, by, 0)
        end
    end
end


function _M.gauge(line, value)
    dict():set(line, value)
end


-- The bucket of every millisecond: a search at each request would be a loop, and what is compiled ends at a loop. One
-- look for all of them, because a second way through would be interpreted.
local SLOWEST_MS = BUCKETS[#BUCKETS] * 1000 + 1
local bucketOfMs = { [0] = BUCKETS[1] }
for _, bound in ipairs(BUCKETS) do
    for milliseconds = #bucketOfMs + 1, floor(bound * 1000) do
        bucketOfMs[milliseconds] = bound
    end
end
bucketOfMs[SLOWEST_MS] = "+Inf"


-- nginx' clock tells whole milliseconds
local function bucketOf(seconds)
    return bucketOfMs[min(SLOWEST_MS, max(0, floor(seconds * 1000 + 0.5)))]
end


local function makeRequestCounters(route, method, status)
    local named = route ~= "" and route or "none"
    local buckets = {}
    for index = 1, #BUCKETS + 1 do
        local bound = BUCKETS[index] or "+Inf"
        buckets[bound] = counterOf('gateway_request_seconds_bucket{route="' .. named .. '",le="' .. bound .. '"}')
    end

    return {
        total = counterOf(
            'gateway_requests_total{route="' .. named .. '",method="' .. method .. '",status="' .. status .. '"}'),
        sum = counterOf('gateway_request_seconds_sum{route="' .. named .. '"}'),
        buckets = buckets,
    }
end


-- text that was put together once is found again by what it was made of
local function requestCountersOf(route, method, status)
    local byRoute = countersOfRequests[route] or {}
    countersOfRequests[route] = byRoute
    local byMethod = byRoute[method] or {}
    byRoute[method] = byMethod
    local known = byMethod[status] or makeRequestCounters(route, method, status)
    byMethod[status] = known
    return known
end


function _M.observeRequest(route, method, status, seconds)
    local verb = METHODS[method] and method or "other"
    local counted = requestCountersOf(route, verb, status)
    count(counted.total, 1)
    count(counted.sum, seconds)
    count(counted.buckets[bucketOf(seconds)], 1)
end


local function verdictCounterOf(policyId, outcome)
    return counterOf('gateway_limit_total{policy="' .. policyId .. '",outcome="' .. outcome .. '"}')
end


local function countVerdict(policy, outcome)
    local outcomes = policy.counters or {}
    policy.counters = outcomes
    outcomes[outcome] = outcomes[outcome] or verdictCounterOf(policy.id, outcome)
    count(outcomes[outcome], 1)
end


local function holds(list, policy)
    for index = 1, list and #list or 0 do
        if list[index] == policy then
            return true
        end
    end

    return false
end


function _M.observeSource(source)
    count(SOURCES[source], 1)
end


function _M.observeVerdict(plan, verdict, source)
    count(SOURCES[source], 1)
    if plan.only then
        return countVerdict(plan.only, verdict.admitted and "allowed" or "limited")
    end

    for _, policy in ipairs(plan.policies) do
        if policy.isShadow then
            countVerdict(policy, holds(verdict.shadowRefusedBy, policy) and "shadowLimited" or "allowed")
        else
            countVerdict(policy, holds(verdict.refusedBy, policy) and "limited" or "allowed")
        end
    end
end


function _M.observePoliciesRefused()
    count(POLICIES_REFUSED, 1)
end


function _M.observeRedis(seconds, isAnswered)
    count(isAnswered and ANSWERED or FAILED, 1)
    count(REDIS_MICROSECONDS, floor(seconds * MICROSECONDS))
end


-- The buckets are stored each for itself and added up here, where it costs nobody anything.
local function histogramLines(values, lines)
    local routes = {}
    for line in pairs(values) do
        local route = match(line, '^gateway_request_seconds_sum{route="(.-)"}')
        routes[#routes + 1] = route
    end
    sort(routes)
    for _, route in ipairs(routes) do
        local total = 0
        for index = 1, #BUCKETS + 1 do
            local bound = BUCKETS[index] or "+Inf"
            local line = 'gateway_request_seconds_bucket{route="' .. route .. '",le="' .. bound .. '"}'
            total = total + (values[line] or 0)
            lines[#lines + 1] = line .. " " .. total
        end
        local sumLine = 'gateway_request_seconds_sum{route="' .. route .. '"}'
        lines[#lines + 1] = sumLine .. " " .. format("%.6f", values[sumLine])
        lines[#lines + 1] = 'gateway_request_seconds_count{route="' .. route .. '"} ' .. total
    end
end


local function plainLines(values, name, lines)
    local found = {}
    for line, value in pairs(values) do
        if match(line, "^[%w_]+") == name then
            found[#found + 1] = line .. " " .. value
        end
    end
    sort(found)
    for _, line in ipairs(found) do
        lines[#lines + 1] = line
    end
end


function _M.render()
    local values, names, lines = {}, {}, {}
    for _, key in ipairs(dict():get_keys(0)) do
        values[key] = dict():get(key)
    end
    for name in pairs(HELP) do
        names[#names + 1] = name
    end
    sort(names)
    for _, name in ipairs(names) do
        lines[#lines + 1] = "# HELP " .. name .. " " .. HELP[name][2]
        lines[#lines + 1] = "# TYPE " .. name .. " " .. HELP[name][1]
        if HELP[name][1] == "histogram" then
            histogramLines(values, lines)
        else
            plainLines(values, name, lines)
        end
    end

    return concat(lines, "\n") .. "\n"
end


function _M.answer()
    ngx.header["Content-Type"] = "text/plain; version=0.0.4"
    ngx.print(_M.render())
end


return _M
