-- Runs inside Redis: one call decides for one or many requests, in order, with Redis's own clock.
--
-- KEYS: one per request, the copy of the caller's session ("-" when there is no credential).
-- ARGV: clock ("" = Redis's own, else microseconds of a simulation), number of requests, then for each request:
--   whoByAddress ("ip:203.0.113.7"), number of checks, then for each check:
--   policyId, scope, kind ("log" | "gcra"), limit, windowSeconds, burst, cost, mode ("enforce" | "shadow")
-- Reply, flat: for each request admitted (0 | 1), knownUser (0 | 1), then for each check:
--   passed (0 | 1), remaining, resetMicroseconds, retryMicroseconds
--
-- Every enforced check must pass before anything is charged; refused requests are not charged. A shadow check says
-- what it would have done and is charged as it would have been.

local EPOCH_SECONDS = 1700000000 -- keeps microseconds small enough for exact fractions
local HALF_MICROSECOND = 0.5

local function clock()
    if ARGV[1] ~= "" then
        return tonumber(ARGV[1])
    end

    local time = redis.call("TIME")
    return (tonumber(time[1]) - EPOCH_SECONDS) * 1000000 + tonumber(time[2])
end

local now = clock()


-- A key left by a policy of the other kind is worth nothing to this one.
local function readAs(...)
    local reply = redis.pcall(...)
    if type(reply) == "table" and reply.err then
        redis.call("DEL", (select(2, ...)))
        return false
    end

    return reply
end


local function storeGcra(key, moment)
    redis.call("SET", key, string.format("%.3f", moment), "PX", math.ceil((moment - now) / 1000) + 1)
end


-- The moment at which everything charged so far has flowed off again, never further away than the bucket is deep:
-- a smaller bucket acts at once, not when the old debt is paid.
local function readGcra(key, capacity)
    local stored = tonumber(readAs("GET", key) or nil)
    if not stored then
        return now
    end
    if stored > now + capacity + HALF_MICROSECOND then
        storeGcra(key, now + capacity)
        return now + capacity
    end

    return math.max(now, stored)
end


local function weighGcra(check)
    local interval = check.window / check.limit
    local capacity = check.burst * interval
    local full = readGcra(check.key, capacity)
    local charged = full + check.cost * interval
    check.interval, check.capacity, check.full, check.charged = interval, capacity, full, charged
    check.passed = charged - now <= capacity + HALF_MICROSECOND
    check.retry = check.passed and 0 or charged - now - capacity
end


local function chargeGcra(check)
    check.full = check.charged
    storeGcra(check.key, check.charged)
end


local function settleGcra(check)
    check.remaining = math.floor((check.capacity - (check.full - now)) / check.interval + 0.000001)
    check.reset = check.full - now
end


local function weighLog(check)
    local horizon = now - check.window
    local oldest = tonumber(readAs("LINDEX", check.key, -1) or nil)
    while oldest and oldest <= horizon do
        redis.call("RPOP", check.key)
        oldest = tonumber(redis.call("LINDEX", check.key, -1) or nil)
    end

    check.count = redis.call("LLEN", check.key)
    check.oldest = oldest
    check.passed = check.count + check.cost <= check.limit
    if not check.passed then
        local leaving = redis.call("LINDEX", check.key, -(check.count + check.cost - check.limit))
        check.retry = tonumber(leaving) + check.window - now
    else
        check.retry = 0
    end
end


local function chargeLog(check)
    for _ = 1, check.cost do
        redis.call("LPUSH", check.key, string.format("%.0f", now))
    end
    redis.call("PEXPIRE", check.key, math.ceil(check.window / 1000) + 1)
    check.count = check.count + check.cost
    check.oldest = check.oldest or now
end


local function settleLog(check)
    check.remaining = math.max(0, check.limit - check.count)
    check.reset = check.oldest and check.oldest + check.window - now or 0
end


local KINDS = {
    gcra = { weigh = weighGcra, charge = chargeGcra, settle = settleGcra },
    log = { weigh = weighLog, charge = chargeLog, settle = settleLog },
}


-- A forged credential has no copy, so it is nobody's: its requests count for the address they come from.
local function readSession(key)
    if key == "-" then
        return nil
    end

    local text = readAs("GET", key)
    local isRead, session = pcall(cjson.decode, text or "")
    if not isRead or type(session) ~= "table" or type(session.userId) ~= "string" then
        return nil
    end
    if type(session.expiresAt) ~= "number" or (session.expiresAt - EPOCH_SECONDS) * 1000000 <= now then
        return nil
    end

    return session
end


local function whoCounts(scope, whoByAddress, session)
    if scope == "global" then
        return "global"
    end
    if scope == "user" and session then
        return "user:" .. session.userId
    end
    if scope == "apiKey" and session and session.kind == "apiKey" and type(session.sessionId) == "string" then
        return "apiKey:" .. session.sessionId
    end
    if scope == "apiKey" and session then
        return "user:" .. session.userId
    end

    return whoByAddress
end


local reply = {}
local position = 3


local function nextArgument()
    local value = ARGV[position]
    position = position + 1
    return value
end


local function readCheck(whoByAddress, session)
    local policyId, scope, kind = nextArgument(), nextArgument(), nextArgument()
    local check = { kind = KINDS[kind] }
    check.limit = tonumber(nextArgument())
    check.window = tonumber(nextArgument()) * 1000000
    check.burst = tonumber(nextArgument())
    check.cost = tonumber(nextArgument())
    check.isShadow = nextArgument() == "shadow"
    check.key = "rate_limit:" .. whoCounts(scope, whoByAddress, session) .. ":" .. policyId
    return check
end


local function answer(checks, session)
    local isAdmitted = true
    for _, check in ipairs(checks) do
        check.kind.weigh(check)
        isAdmitted = isAdmitted and (check.passed or check.isShadow)
    end

    reply[#reply + 1] = isAdmitted and 1 or 0
    reply[#reply + 1] = session and 1 or 0
    for _, check in ipairs(checks) do
        if isAdmitted and check.passed then
            check.kind.charge(check)
        end
        check.kind.settle(check)
        reply[#reply + 1] = check.passed and 1 or 0
        reply[#reply + 1] = check.remaining
        reply[#reply + 1] = math.ceil(check.reset)
        reply[#reply + 1] = math.ceil(check.retry)
    end
end


for request = 1, tonumber(ARGV[2]) do
    local whoByAddress = nextArgument()
    local session = readSession(KEYS[request])
    local checks = {}
    for index = 1, tonumber(nextArgument()) do
        checks[index] = readCheck(whoByAddress, session)
    end
    answer(checks, session)
end

return reply
