-- Remembers which places of concurrency limits the requests of this worker hold, and gives them back when they end.
-- A place that is never given back (a worker was killed, Redis was away) is free again after the policy's window.
local caller = require("caller")
local tokens = require("tokens")

local ngx = ngx
local format = string.format

local _M = {}
local meta = { __index = _M }


function _M.new(batch, fallback)
    return setmetatable({
        batch = batch, fallback = fallback, held = {}, count = 0, made = 0,
        own = format("%d.%d.%d", ngx.worker.pid(), ngx.now() * 1000, math.random(0, 999999999)),
    }, meta)
end


-- What the places of one group are called: a name that no other group of any worker has.
function _M:name()
    self.made = self.made + 1
    return self.own .. "." .. self.made
end


local function remember(self, given)
    self.count = self.count + 1
    local ticket = self:name()
    self.held[ticket] = given
    return ticket
end


-- Places that Redis gave to one request of a group. A ticket for `free`.
function _M:hold(group, ordinal)
    local given = {}
    local at = 2
    for _, policy in ipairs(group.plan.policies) do
        local isHeld = policy.counting == "slots" and ordinal <= group.answer[at + 1]
        local who = isHeld and caller.whoCounts(policy.scope, group.whoByAddress, group.identity)
        for part = 1, isHeld and policy.cost or 0 do
            given[#given + 1] = tokens.slotWords(
                "rate_limit:" .. who .. ":" .. policy.id, group.slot .. ":" .. ordinal .. ":" .. part)
        end
        at = at + 4
    end

    return remember(self, { words = given })
end


-- Places of this node's own count.
function _M:holdHere(checks)
    return remember(self, { checks = checks })
end


-- The request has ended.
function _M:free(ticket)
    local given = self.held[ticket]
    if not given then
        return
    end

    self.held[ticket] = nil
    self.count = self.count - 1
    for _, words in ipairs(given.words or {}) do
        self.batch:post(words)
    end
    for _, check in ipairs(given.checks or {}) do
        self.fallback:giveBack(check)
    end
end


return _M
