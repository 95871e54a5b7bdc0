-- Remembers in this worker who is known to be refused until when, so that refusing again asks nobody.
-- Before that moment no token can have come back, so this is exact. A name holds the plan, and with it the version of
-- the policies; what was known under another Redis is forgotten with `forget`.
local ngx = ngx
local min = math.min

local LONGEST_SECONDS = 60
local SHORTEST_SECONDS = 0.002
local MOST_REMEMBERED = 20000

local _M = {}
local meta = { __index = _M }


function _M.new()
    return setmetatable({ entries = {}, count = 0 }, meta)
end


function _M:forget()
    self.entries, self.count = {}, 0
end


-- What was remembered with `untilTime`, or nil.
function _M:recall(name)
    local entry = self.entries[name]
    if not entry then
        return nil
    end
    if entry.untilTime <= ngx.now() then
        self.entries[name] = nil
        self.count = self.count - 1
        return nil
    end

    return entry
end


-- entry: anything; it gets the moment until which it is known.
function _M:remember(name, entry, seconds)
    if seconds <= SHORTEST_SECONDS then
        return
    end
    if self.count >= MOST_REMEMBERED then
        self:forget()
    end

    if not self.entries[name] then
        self.count = self.count + 1
    end
    entry.untilTime = ngx.now() + min(LONGEST_SECONDS, seconds)
    self.entries[name] = entry
end


return _M
