-- Decides while Redis is away: GCRA in this node's shared memory, with this node's share of each limit. A user counts
-- as the user for as long as this worker remembers the credential; it is counted by that, never let in by it.
-- A bucket begins as full as Redis said it was when it was asked last; Redis is told once what was let in meanwhile.
local caller = require("caller")
local settings = require("settings")

local ngx = ngx
local ceil, floor, max = math.ceil, math.floor, math.max

local TINY = 0.000001
local MICROSECONDS = 1000000
local MOST_REMEMBERED = 20000
local NUMBERS_OF_GROUP, NUMBERS_OF_CHECK = 2, 4
local LAST_USED = "!lastUsed"
local LONGEST_DEBT_SECONDS = 86400

local _M = {}
local meta = { __index = _M }


function _M.new(dict, nodes)
    return setmetatable({
        dict = dict, nodes = nodes or settings.nodes, seeds = {}, seedCount = 0, isIndebted = false, version = 0,
    }, meta)
end


local function shareOf(count, nodes)
    return max(1, floor(count / nodes))
end


-- What was counted under another set of policies is worth nothing under this one.
local function keyOf(self, policy, whoByAddress, identity)
    return self.version .. ":" .. caller.whoCounts(policy.scope, whoByAddress, identity) .. ":" .. policy.id
end


-- Redis has entered what this node counted: from now on it counts alone.
local function forgetDebts(self, plan, whoByAddress, identity)
    for _, policy in ipairs(plan.policies) do
        if policy.counting ~= "slots" then
            self.dict:delete(keyOf(self, policy, whoByAddress, identity))
        end
    end
end


-- What Redis said of one caller: the moments until which everything has flowed off again.
function _M:learn(plan, whoByAddress, identity, answer, hadDebts)
    if hadDebts then
        forgetDebts(self, plan, whoByAddress, identity)
    end
    if self.seedCount >= MOST_REMEMBERED then
        self.seeds, self.seedCount = {}, 0
    end

    local now, at = ngx.now(), NUMBERS_OF_GROUP
    for _, policy in ipairs(plan.policies) do
        local owed = (policy.burst - answer[at + 2]) * policy.windowSeconds / policy.limit
        if owed > 0 and policy.counting ~= "slots" then
            local key = keyOf(self, policy, whoByAddress, identity)
            self.seedCount = self.seedCount + (self.seeds[key] and 0 or 1)
            self.seeds[key] = now + owed
        end
        at = at + NUMBERS_OF_CHECK
    end
end


-- What this node let in meanwhile, in microseconds for each policy, or nil when that is nothing.
function _M:debtsOf(plan, whoByAddress, identity)
    if not self.isIndebted then
        return nil
    end

    local now, debts, hasDebt = ngx.now(), {}, false
    for index, policy in ipairs(plan.policies) do
        local key = keyOf(self, policy, whoByAddress, identity)
        local owedUntil = policy.counting ~= "slots" and self.dict:get(key) or now
        hasDebt = hasDebt or owedUntil > now
        debts[index] = floor(max(0, owedUntil - now) * MICROSECONDS)
    end

    return hasDebt and table.concat(debts, ",") or nil
end


-- Said now and then: which set of policies holds. Looks whether this node counted for itself under it.
function _M:follow(version)
    if version ~= self.version then
        self.version, self.seeds, self.seedCount = version, {}, 0
    end

    self.isIndebted = self.dict:get(LAST_USED) == version
end


local function weighSlots(self, policy, key)
    local limit = shareOf(policy.limit, self.nodes)
    local held = self.dict:incr(key, policy.cost, 0, policy.windowSeconds) or limit + 1
    local check = { key = key, cost = policy.cost, passed = held <= limit, reset = policy.windowSeconds }
    if not check.passed then
        self.dict:incr(key, -policy.cost)
    end

    check.remaining = max(0, limit - held)
    check.retry = check.passed and 0 or 1
    return check
end


-- `incr` is the only atomic step shared memory has: charge first, and give back what was too much. A key lives
-- exactly as long as it owes something, so an absent one means an empty bucket.
local function weighRate(self, policy, key, now)
    local limit, burst = shareOf(policy.limit, self.nodes), shareOf(policy.burst, self.nodes)
    local interval = policy.windowSeconds / limit
    local cost = math.min(policy.cost, burst) * interval
    local check = { key = key, cost = cost, capacity = burst * interval }
    local seed = self.seeds[key]
    if seed and seed > now then
        self.dict:add(key, math.min(seed, now + check.capacity), check.capacity + 1)
    end

    local charged = self.dict:incr(key, cost, now, check.capacity + 1)
    local owed = charged and charged - now or cost
    check.passed = owed <= check.capacity + TINY
    if charged and check.passed then
        self.dict:expire(key, max(owed, 0.001))
    else
        self:giveBack(check)
        owed = owed - cost
    end

    check.remaining = max(0, floor((check.capacity - owed) / interval + TINY))
    check.reset = max(0, owed)
    check.retry = check.passed and 0 or max(1, owed + cost - check.capacity)
    return check
end


function _M:giveBack(check)
    self.dict:incr(check.key, -check.cost)
end


local function toAnswer(checks, isAdmitted, isKnown)
    local answer = { isAdmitted and 1 or 0, isKnown and 1 or 0 }
    for _, check in ipairs(checks) do
        local size = #answer
        answer[size + 1] = check.passed and 1 or 0
        answer[size + 2] = check.remaining
        answer[size + 3] = ceil(check.reset * MICROSECONDS)
        answer[size + 4] = ceil(check.retry * MICROSECONDS)
    end

    return answer
end


-- The same answer as `tokens` gives, for one request; and the slots it holds now, each { key, cost }, or nil.
function _M:take(plan, whoByAddress, identity)
    local now, checks, slots = ngx.now(), {}, nil
    local isAdmitted = true
    for index, policy in ipairs(plan.policies) do
        local key = keyOf(self, policy, whoByAddress, identity)
        local weigh = policy.counting == "slots" and weighSlots or weighRate
        checks[index] = weigh(self, policy, key, now)
        isAdmitted = isAdmitted and (checks[index].passed or policy.isShadow)
    end

    self.dict:set(LAST_USED, self.version, LONGEST_DEBT_SECONDS)
    for index, check in ipairs(checks) do
        local isSlot = plan.policies[index].counting == "slots"
        if check.passed and not isAdmitted then
            -- said as it was before: one alone would have passed
            self:giveBack(check)
        elseif check.passed and isSlot then
            slots = slots or {}
            slots[#slots + 1] = check
        end
    end

    return toAnswer(checks, isAdmitted, identity ~= nil), slots
end


return _M
