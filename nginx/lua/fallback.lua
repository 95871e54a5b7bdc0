-- Decides while Redis is away: GCRA in this node's shared memory, with this node's share of each limit. Sessions
-- cannot be looked up then, so everything that is not global counts for the address.
local settings = require("settings")

local ngx = ngx
local ceil, floor, max = math.ceil, math.floor, math.max

local TINY = 0.000001

local _M = {}
local meta = { __index = _M }


function _M.new(dict, nodes)
    return setmetatable({ dict = dict, nodes = nodes or settings.nodes }, meta)
end


local function shareOf(count, nodes)
    return max(1, floor(count / nodes))
end


local function keyOf(policy, whoByAddress)
    return (policy.scope == "global" and "global" or whoByAddress) .. ":" .. policy.id
end


-- `incr` is the only atomic step shared memory has: charge first, and give back what was too much. A key lives
-- exactly as long as it owes something, so an absent one means an empty bucket.
function _M:weigh(policy, whoByAddress, now)
    local limit, burst = shareOf(policy.limit, self.nodes), shareOf(policy.burst, self.nodes)
    local interval = policy.windowSeconds / limit
    local cost = math.min(policy.cost, burst) * interval
    local check = { key = keyOf(policy, whoByAddress), cost = cost, interval = interval, capacity = burst * interval }
    local charged = self.dict:incr(check.key, cost, now, check.capacity + 1)
    local owed = charged and charged - now or cost
    check.passed = owed <= check.capacity + TINY
    if charged and check.passed then
        self.dict:expire(check.key, max(owed, 0.001))
    else
        self:giveBack(check)
        owed = owed - cost
    end

    check.remaining = max(0, floor((check.capacity - owed) / interval + TINY))
    check.resetSeconds = ceil(max(0, owed))
    check.retrySeconds = check.passed and 0 or max(1, ceil(owed + cost - check.capacity))
    return check
end


function _M:giveBack(check)
    self.dict:incr(check.key, -check.cost)
end


-- The same answer as `tokens` gives for one request.
function _M:take(request)
    local now = ngx.now()
    local answer = { admitted = true, knownUser = false, checks = {} }
    for index, policy in ipairs(request.policies) do
        local check = self:weigh(policy, request.whoByAddress, now)
        answer.checks[index] = check
        answer.admitted = answer.admitted and (check.passed or policy.isShadow)
    end
    if answer.admitted then
        return answer
    end

    for _, check in ipairs(answer.checks) do
        if check.passed then
            self:giveBack(check)
        end
    end

    return answer
end


return _M
