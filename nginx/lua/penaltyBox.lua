-- Who keeps being refused is refused for longer, until a moment that is said. Counted on this node; what is refused
-- while somebody is in the box does not keep them there.
local ngx = ngx

local _M = {}
local meta = { __index = _M }


function _M.new(dict)
    return setmetatable({ dict = dict }, meta)
end


-- The moment until which this caller is refused, or nil. rules: { refusals, within, penalty } in seconds, or nil.
function _M:untilOf(rules, who)
    local boxedUntil = rules and self.dict:get("box:" .. who)
    return boxedUntil and boxedUntil > ngx.now() and boxedUntil or nil
end


-- One more refusal. The moment until which the caller is in the box now, or nil.
function _M:refused(rules, who)
    if not rules then
        return nil
    end

    local refusals = self.dict:incr("refused:" .. who, 1, 0, rules.within)
    if not refusals or refusals < rules.refusals then
        return nil
    end

    local boxedUntil = ngx.now() + rules.penalty
    self.dict:set("box:" .. who, boxedUntil, rules.penalty)
    self.dict:delete("refused:" .. who)
    return boxedUntil
end


return _M
