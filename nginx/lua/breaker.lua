-- Decides whether Redis is worth asking now. One per worker. Opens after a few failures in a row; while it is open
-- nobody waits for Redis, and only the worker's pulse goes on trying.
local FAILURES_TO_OPEN = 3

local _M = {}
local meta = { __index = _M }


function _M.new(onChange)
    return setmetatable({ failures = 0, isOpen = false, onChange = onChange }, meta)
end


function _M:allows()
    return not self.isOpen
end


function _M:succeeded()
    self.failures = 0
    if self.isOpen then
        self.isOpen = false
        self.onChange(false)
    end
end


function _M:failed(reason)
    self.failures = self.failures + 1
    if not self.isOpen and self.failures >= FAILURES_TO_OPEN then
        self.isOpen = true
        self.onChange(true, reason)
    end
end


return _M
