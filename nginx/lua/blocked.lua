-- Remembers on this node who is known to be refused until when, so that refusing again asks nobody.
-- Before that moment no token can have come back, so this is exact; the epoch (the version of the policies) and a
-- longest time bound what is remembered.
local ngx = ngx
local ceil, max, min = math.ceil, math.max, math.min

local LONGEST_SECONDS = 60
local SHORTEST_SECONDS = 0.002

local _M = {}
local meta = { __index = _M }


function _M.new(dict)
    return setmetatable({ dict = dict }, meta)
end


-- by what the caller showed: the user behind a credential is known to Redis only
local function keyOf(policy, request, epoch)
    local who = request.whoByAddress
    if policy.scope == "global" then
        who = "global"
    elseif policy.scope ~= "ip" and request.sessionKey then
        who = request.sessionKey
    end

    return epoch .. ":" .. policy.id .. ":" .. who
end


local function untilOf(self, policy, request, epoch, now)
    local blockedUntil = not policy.isShadow and self.dict:get(keyOf(policy, request, epoch))
    return blockedUntil and blockedUntil > now and blockedUntil or nil
end


-- An answer as the limiter gives it, or nil when nothing is known.
function _M:recall(request, epoch)
    local now = ngx.now()
    local isBlocked, checks = false, {}
    for index, policy in ipairs(request.policies) do
        local blockedUntil = untilOf(self, policy, request, epoch, now)
        local seconds = blockedUntil and max(1, ceil(blockedUntil - now)) or 0
        isBlocked = isBlocked or blockedUntil ~= nil
        checks[index] = {
            passed = not blockedUntil, remaining = 0, resetSeconds = seconds, retrySeconds = seconds,
        }
    end
    if not isBlocked then
        return nil
    end

    return { admitted = false, knownUser = false, checks = checks }
end


function _M:remember(request, answer, epoch)
    if answer.admitted then
        return
    end

    local now = ngx.now()
    for index, policy in ipairs(request.policies) do
        local check = answer.checks[index]
        local seconds = min(LONGEST_SECONDS, check.blockedSeconds or 0)
        if not check.passed and not policy.isShadow and seconds > SHORTEST_SECONDS then
            self.dict:set(keyOf(policy, request, epoch), now + seconds, seconds)
        end
    end
end


return _M
