-- Remembers which places of concurrency limits the requests of this worker hold, and gives them back when they end.
-- A place that is never given back (a worker was killed, Redis was away) is free again after the policy's window.
local caller = require("caller")
local tokens = require("tokens")

local ngx = ngx
local floor, format = math.floor, string.format

-- longer than anybody waits, and than the question takes whose answer says that Redis is there
local SECONDS_TO_DECIDE = 0.4

local _M = {}
local meta = { __index = _M }


function _M.new(batch, fallback)
    return setmetatable({
        batch = batch, fallback = fallback, held = {}, count = 0, made = 0, abandoned = {},
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


-- Nobody waits for the answer of this group any longer: Redis may have given it places that no request holds, or may
-- still do so.
function _M:abandon(group)
    if not group.abandonedAt then
        group.abandonedAt = ngx.now()
        self.abandoned[#self.abandoned + 1] = group
    end
end


-- For whom such places may count: nobody said whose the credential is.
local function whoMayHold(policy, group, identity)
    local who = {}
    for _, each in ipairs({ false, group.identity or false, identity or false }) do
        who[caller.whoCounts(policy.scope, group.whoByAddress, each)] = true
    end

    return who
end


-- What is not there takes no harm from being given back.
local function giveBackAll(self, group, identity)
    for _, policy in ipairs(group.plan.policies) do
        local first, last = group.served * policy.cost, (group.asked or 0) * policy.cost - 1
        for who in pairs(policy.counting == "slots" and whoMayHold(policy, group, identity) or {}) do
            for place = first, last do
                local ordinal, part = floor(place / policy.cost) + 1, place % policy.cost + 1
                self.batch:post(tokens.slotWords(
                    "rate_limit:" .. who .. ":" .. policy.id, group.slot .. ":" .. ordinal .. ":" .. part))
            end
        end
    end
end


-- Redis answers: what was asked long enough ago is decided by now, however late that was.
function _M:settle(identities)
    self.batch:postAgain()
    local decidedSince, left = ngx.now() - SECONDS_TO_DECIDE, {}
    for _, group in ipairs(self.abandoned) do
        if group.abandonedAt > decidedSince then
            left[#left + 1] = group
        else
            giveBackAll(self, group, group.sessionKey and identities:recall(group.sessionKey))
        end
    end
    self.abandoned = left
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
