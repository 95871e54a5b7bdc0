-- Runs inside Redis: one call decides for all that wait, in order, with Redis's own clock. Requests that ask for the
-- same thing as the same caller are one group: they are decided together, as if one came after the other.
--
-- KEYS: for each group that shows a credential the copy of its session, in the order of the groups.
-- ARGV: clock ("" = Redis's own, else microseconds of a simulation),
--   number of slots given back, for each: key, slot,
--   number of plans, for each:
--     number of checks, for each:
--       policyId, scope, kind ("log" | "gcra" | "slots"), limit, windowSeconds, burst, cost,
--       mode ("enforce" | "shadow")
--     number of groups, for each:
--       count, whoByAddress ("ip:203.0.113.7"), credential ("-" none, "?" one nobody here knows, else its user),
--       its API key, tokens wanted ahead, the share of a full bucket that is left alone for that,
--       tokens that were taken ahead and come back, slot (what the slots of this group are called),
--       debts ("" or, for each check, the microseconds that are owed at least; separated by commas)
-- Reply: first numbers, separated by commas: for each group admitted (how many of them), known (0 | 1), then for each
--   check: passes (how many it alone would let pass), remaining, resetMicroseconds, retryMicroseconds; `admitted` and
--   `passes` count the tokens taken ahead too. Then for each group with "?" that is known: user, apiKey, expiresAt.
--
-- Every enforced check must pass before anything is charged; refused requests are not charged. A shadow check says
-- what it would have done and is charged as it would have been.

local EPOCH_SECONDS = 1700000000 -- keeps microseconds small enough for exact fractions
local HALF_MICROSECOND = 0.5
local TINY = 0.000001
local PART_AHEAD = 0.25
local RETRY_OF_SLOTS = 1000000
local LONGEST_NAME = 128

local floor, ceil, max, min, format = math.floor, math.ceil, math.max, math.min, string.format


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
    redis.call("SET", key, format("%.3f", moment), "PX", ceil((moment - now) / 1000) + 1)
end


-- The moment at which everything charged so far has flowed off again, never further away than the bucket is deep:
-- a smaller bucket acts at once, not when the old debt is paid.
local function readGcra(check)
    local stored = tonumber(readAs("GET", check.key) or nil) or now
    local owed = max(stored, now + check.debt)
    if owed > now + check.capacity + HALF_MICROSECOND then
        owed = now + check.capacity
    end
    if owed ~= stored and owed > now then
        storeGcra(check.key, owed)
    end

    return max(now, owed)
end


local function weighGcra(check, count)
    local interval = check.window / check.limit
    check.interval, check.capacity, check.step = interval, check.burst * interval, check.cost * interval
    check.full = max(now, readGcra(check) - check.returned * check.step)
    local room = check.capacity + HALF_MICROSECOND - (check.full - now)
    check.passes = max(0, min(count, floor(room / check.step)))
end


local function chargeGcra(check, count)
    check.full = check.full + count * check.step
    storeGcra(check.key, check.full)
end


local function settleGcra(check)
    local left = check.capacity - (check.full - now)
    check.remaining = floor(left / check.interval + TINY)
    check.reset = check.full - now
    check.retry = left + HALF_MICROSECOND >= check.step and 0 or check.step - left
end


-- What this node counted while Redis was away is entered as if it had happened now.
local function enterDebt(check)
    local missing = min(check.limit, floor(check.debt / (check.window / check.limit) + TINY)) - check.count
    for _ = 1, missing do
        redis.call("LPUSH", check.key, format("%.0f", now))
    end
    if missing > 0 then
        redis.call("PEXPIRE", check.key, ceil(check.window / 1000) + 1)
        check.count = check.count + missing
    end
end


local function weighLog(check, count)
    local horizon = now - check.window
    local oldest = tonumber(readAs("LINDEX", check.key, -1) or nil)
    while oldest and oldest <= horizon do
        redis.call("RPOP", check.key)
        oldest = tonumber(redis.call("LINDEX", check.key, -1) or nil)
    end

    check.count = redis.call("LLEN", check.key)
    if check.debt > 0 then
        enterDebt(check)
    end
    check.oldest = oldest or (check.count > 0 and now or nil)
    check.passes = max(0, min(count, floor((check.limit - check.count) / check.cost)))
end


local function chargeLog(check, count)
    for _ = 1, count * check.cost do
        redis.call("LPUSH", check.key, format("%.0f", now))
    end
    redis.call("PEXPIRE", check.key, ceil(check.window / 1000) + 1)
    check.count = check.count + count * check.cost
    check.oldest = check.oldest or now
end


local function settleLog(check)
    check.remaining = max(0, check.limit - check.count)
    check.reset = check.oldest and check.oldest + check.window - now or 0
    check.retry = 0
    if check.count + check.cost > check.limit then
        local leaving = redis.call("LINDEX", check.key, -(check.count + check.cost - check.limit))
        check.retry = tonumber(leaving) + check.window - now
    end
end


-- A slot that nobody gives back is free again when its time is over.
local function weighSlots(check, count)
    readAs("ZREMRANGEBYSCORE", check.key, "-inf", format("%.0f", now))
    check.held = redis.call("ZCARD", check.key)
    check.passes = max(0, min(count, floor((check.limit - check.held) / check.cost)))
end


local function chargeSlots(check, count, slot)
    local heldUntil = format("%.0f", now + check.window)
    for request = 1, count do
        for part = 1, check.cost do
            redis.call("ZADD", check.key, heldUntil, slot .. ":" .. request .. ":" .. part)
        end
    end
    redis.call("PEXPIRE", check.key, ceil(check.window / 1000) + 1)
    check.held = check.held + count * check.cost
end


local function settleSlots(check)
    check.remaining = max(0, check.limit - check.held)
    check.reset = check.held > 0 and check.window or 0
    check.retry = check.held + check.cost > check.limit and RETRY_OF_SLOTS or 0
end


local KINDS = {
    gcra = { weigh = weighGcra, charge = chargeGcra, settle = settleGcra },
    log = { weigh = weighLog, charge = chargeLog, settle = settleLog },
    slots = { weigh = weighSlots, charge = chargeSlots, settle = settleSlots },
}


-- What a copy says of its credential: { user, apiKey, expiresAt }, or nil when it cannot be believed.
local function readIdentity(text)
    local isRead, session = pcall(cjson.decode, text)
    if not isRead or type(session) ~= "table" then
        return nil
    end
    if type(session.userId) ~= "string" or #session.userId > LONGEST_NAME then
        return nil
    end
    if type(session.expiresAt) ~= "number" or (session.expiresAt - EPOCH_SECONDS) * 1000000 <= now then
        return nil
    end

    local user = "user:" .. session.userId
    local key = session.kind == "apiKey" and type(session.sessionId) == "string" and "apiKey:" .. session.sessionId
    return { user, key and #key <= LONGEST_NAME and key or user, format("%.0f", session.expiresAt) }
end


local position, keyPosition = 1, 0
local numbers, identities = {}, {}


local function nextWord()
    position = position + 1
    return ARGV[position]
end


-- A forged credential has no copy, so it is nobody's: its requests count for the address they come from. One that a
-- gateway knew a moment ago is the user's for as long as its copy is there.
local function nextIdentity()
    local credential, apiKey = nextWord(), nextWord()
    if credential == "-" then
        return nil
    end

    keyPosition = keyPosition + 1
    if credential ~= "?" then
        return redis.call("EXISTS", KEYS[keyPosition]) == 1 and { credential, apiKey } or nil
    end

    local text = readAs("GET", KEYS[keyPosition])
    local identity = text and readIdentity(text)
    identities[#identities + 1] = identity or nil
    return identity or nil
end


local function whoCounts(scope, whoByAddress, identity)
    if scope == "global" then
        return "global"
    end
    if identity and scope == "user" then
        return identity[1]
    end
    if identity and scope == "apiKey" then
        return identity[2]
    end

    return whoByAddress
end


local function nextPlan()
    local plan = {}
    for index = 1, tonumber(nextWord()) do
        local check = {}
        check.policyId = nextWord()
        check.scope = nextWord()
        check.kind = KINDS[nextWord()]
        check.limit = tonumber(nextWord())
        check.window = tonumber(nextWord()) * 1000000
        check.burst = tonumber(nextWord())
        check.cost = tonumber(nextWord())
        check.isShadow = nextWord() == "shadow"
        plan[index] = check
    end

    return plan
end


-- Not more than a part of what is there, so that others find something too.
local function aheadOf(plan, wanted, leftAlone)
    local ahead = wanted
    for _, check in ipairs(plan) do
        check.kind.settle(check)
        local free = check.remaining - leftAlone * check.burst
        ahead = max(0, min(ahead, floor(free * PART_AHEAD / check.cost)))
    end

    return ahead
end


local function charge(plan, count, slot)
    for _, check in ipairs(plan) do
        local charged = min(count, check.passes)
        if charged > 0 or check.returned > 0 then
            check.kind.charge(check, charged, slot)
        end
        check.returned = 0
    end
end


local function answer(plan, isKnown, count, wanted, leftAlone, slot)
    local admitted, ahead = count, 0
    for _, check in ipairs(plan) do
        check.kind.weigh(check, count)
        admitted = check.isShadow and admitted or min(admitted, check.passes)
    end

    charge(plan, admitted, slot)
    if wanted > 0 and admitted == count then
        ahead = aheadOf(plan, wanted, leftAlone)
        for _, check in ipairs(plan) do
            check.passes = ahead
        end
        charge(plan, ahead, slot)
        for _, check in ipairs(plan) do
            check.passes = count + ahead
        end
    end

    numbers[#numbers + 1] = admitted + ahead
    numbers[#numbers + 1] = isKnown and 1 or 0
    for _, check in ipairs(plan) do
        check.kind.settle(check)
        numbers[#numbers + 1] = check.passes
        numbers[#numbers + 1] = check.remaining
        numbers[#numbers + 1] = format("%.0f", ceil(check.reset))
        numbers[#numbers + 1] = format("%.0f", ceil(check.retry))
    end
end


local function nextGroup(plan)
    local count, whoByAddress, keysBefore = tonumber(nextWord()), nextWord(), keyPosition
    local identity = nextIdentity()
    local wanted, leftAlone, returned = tonumber(nextWord()), tonumber(nextWord()), tonumber(nextWord())
    local slot, debts = nextWord(), nextWord()
    -- what a user took whom nobody knows any more does not come back to the address, nor does the address pay for more
    if not identity and keyPosition > keysBefore then
        wanted, returned = 0, 0
    end
    for _, check in ipairs(plan) do
        check.key = "rate_limit:" .. whoCounts(check.scope, whoByAddress, identity) .. ":" .. check.policyId
        check.debt, check.returned = 0, returned
    end
    local index = 0
    for debt in string.gmatch(debts, "[^,]+") do
        index = index + 1
        plan[index].debt = tonumber(debt)
    end
    answer(plan, identity ~= nil, count, wanted, leftAlone, slot)
end


for _ = 1, tonumber(nextWord()) do
    local key, slot = nextWord(), nextWord()
    redis.pcall("ZREM", key, slot)
end

for _ = 1, tonumber(nextWord()) do
    local plan = nextPlan()
    for _ = 1, tonumber(nextWord()) do
        nextGroup(plan)
    end
end

local reply = { table.concat(numbers, ",") }
for _, identity in ipairs(identities) do
    for part = 1, 3 do
        reply[#reply + 1] = identity[part]
    end
end

return reply
