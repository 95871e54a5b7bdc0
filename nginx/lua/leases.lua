-- Tokens of very large limits that a worker took ahead: it spends them for some seconds without asking anybody.
-- What is not spent by then is lost, so never more is asked for than twice what was spent the last time.
local ngx = ngx
local max, min = math.max, math.min

local LEASE_SECONDS = 2
local FIRST_WANTED, MOST_WANTED = 16, 50000
local MOST_REMEMBERED = 20000

local _M = {}
local meta = { __index = _M }


function _M.new()
    return setmetatable({ byName = {}, count = 0 }, meta)
end


function _M:forget()
    self.byName, self.count = {}, 0
end


-- The answer that was given ahead and which of its requests this one is, or nil when everything is spent.
function _M:spend(name)
    local group = self.byName[name]
    if not group or group.ahead <= 0 or group.leasedUntil <= ngx.now() then
        return nil
    end

    group.ahead = group.ahead - 1
    group.served = group.served + 1
    return group, group.served
end


-- How many to ask for beside those that wait.
function _M:wantedOf(name)
    local group = self.byName[name]
    if not group then
        return FIRST_WANTED
    end

    local spent = group.granted - group.ahead
    return min(MOST_WANTED, max(1, group.ahead == 0 and group.leasedUntil > ngx.now() and 4 * spent or 2 * spent))
end


-- A group that was answered: what was admitted beyond those who asked may be spent.
function _M:keep(name, group)
    if self.count >= MOST_REMEMBERED then
        self:forget()
    end

    if not self.byName[name] then
        self.count = self.count + 1
    end
    group.granted = max(0, group.answer[1] - group.asked)
    group.ahead = group.granted
    group.leasedUntil = ngx.now() + LEASE_SECONDS
    self.byName[name] = group
end


return _M
