-- Counts, for Prometheus. A key in shared memory is the line it becomes, so counting is one `incr` and no table.
local ngx = ngx
local concat, floor, format, sort = table.concat, math.floor, string.format, table.sort
local match = string.match

local BUCKETS = { 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 }
local MICROSECONDS = 1000000

local HELP = {
    gateway_requests_total = { "counter", "Requests by route, method and status" },
    gateway_request_seconds = { "histogram", "Time from the first byte of a request to the last of its answer" },
    gateway_limit_total = { "counter", "Verdicts of the limiter by policy: allowed, limited, shadowLimited" },
    gateway_limit_source_total = { "counter", "Who decided: redis or the fallback of this node" },
    gateway_redis_microseconds_total = { "counter", "Time spent waiting for Redis" },
    gateway_redis_calls_total = { "counter", "Calls of the limiter to Redis by outcome" },
    gateway_breaker_open = { "gauge", "1 while a worker does not ask Redis" },
    gateway_policies_version = { "gauge", "Version of the policies in use by worker" },
    gateway_policies_refused_total = { "counter", "Published policy sets that were refused" },
}

local METHODS = { GET = true, HEAD = true, POST = true, PUT = true, PATCH = true, DELETE = true, OPTIONS = true }

local _M = {}


local function dict()
    return ngx.shared.kMetrics
end


function _M.count(line, by)
    dict():incr(line, by or 1, 0)
end


function _M.gauge(line, value)
    dict():set(line, value)
end


local function bucketOf(seconds)
    for _, bound in ipairs(BUCKETS) do
        if seconds <= bound then
            return bound
        end
    end

    return "+Inf"
end


function _M.observeRequest(route, method, status, seconds)
    local named = route ~= "" and route or "none"
    local verb = METHODS[method] and method or "other"
    _M.count('gateway_requests_total{route="' .. named .. '",method="' .. verb .. '",status="' .. status .. '"}')
    _M.count('gateway_request_seconds_bucket{route="' .. named .. '",le="' .. bucketOf(seconds) .. '"}')
    _M.count('gateway_request_seconds_sum{route="' .. named .. '"}', seconds)
end


function _M.observeVerdict(policies, answer)
    for index, policy in ipairs(policies) do
        local outcome = "allowed"
        if not answer.checks[index].passed then
            outcome = policy.isShadow and "shadowLimited" or "limited"
        end
        _M.count('gateway_limit_total{policy="' .. policy.id .. '",outcome="' .. outcome .. '"}')
    end
end


function _M.observeRedis(seconds, isAnswered)
    _M.count('gateway_redis_calls_total{outcome="' .. (isAnswered and "answered" or "failed") .. '"}')
    _M.count("gateway_redis_microseconds_total", floor(seconds * MICROSECONDS))
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
