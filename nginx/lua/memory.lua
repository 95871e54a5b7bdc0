-- What was found out before, for so many names and no more: callers choose what there is to remember.
local _M = {}
local meta = { __index = _M }


-- `values` is read as it is: nil for what is not remembered.
function _M.new(most)
    return setmetatable({ values = {}, count = 0, most = most }, meta)
end


-- The value itself. A memory that is full begins anew.
function _M:remember(name, value)
    if self.count >= self.most then
        self.values, self.count = {}, 0
    end

    self.values[name] = value
    self.count = self.count + 1
    return value
end


return _M
