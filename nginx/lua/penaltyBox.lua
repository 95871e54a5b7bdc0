-- Who keeps being refused is refused for longer, until a moment that is said. Counted on this node; what is refused
-- while somebody is in the box does not keep them there. In the box are addresses and credentials, never users: whoever
-- goes on with a credential that was stolen or has ended keeps nobody else out.
local ngx = ngx

local _M = {}
local meta = { __index = _M }


-- now: the clock, when it is not the real one.
function _M.new(dict, now)
    return setmetatable({ dict = dict, now = now or ngx.now }, meta)
end


-- The moment until which this caller is refused, or nil. rules: { refusals, within, penalty } in seconds, or nil.
function _M:untilOf(rules, who)
    local boxedUntil = rules and self.dict:get("box:" .. who)
    return boxedUntil and boxedUntil > self.now() and boxedUntil or nil
end


local function refused(self, rules, who)
    local refusals = self.dict:incr("refused:" .. who, 1, 0, rules.within)
    if refusals and refusals >= rules.refusals then
        self.dict:set("box:" .. who, self.now() + rules.penalty, rules.penalty)
        self.dict:delete("refused:" .. who)
    end
end


-- Counts a refusal for whoever was meant by the policy that refused; what everybody shares is nobody's fault.
-- credential: the name of one that somebody is known by, or nil.
function _M:noteRefusal(rules, verdict, whoByAddress, credential)
    for _, policy in ipairs(rules and verdict.refusedBy or {}) do
        if policy.scope ~= "global" then
            return refused(self, rules, policy.needsIdentity and credential or whoByAddress)
        end
    end
end


return _M
