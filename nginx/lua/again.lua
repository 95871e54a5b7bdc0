-- Decides whether a request that got no answer goes to a server once more: only when not a byte of it was sent, only
-- when its method may be repeated, and only once.
local problem = require("problem")

local ngx = ngx
local match = string.match

local REPEATABLE = { GET = true, HEAD = true, OPTIONS = true, PUT = true, DELETE = true }

local _M = {}


-- nginx lists one number an attempt; the last one counts
local function isUnsent()
    return match(ngx.var.upstream_bytes_sent or "", "(%d+)%D*$") == "0"
end


-- Target of `error_page` for 502 and 504. Each route names in $kAgain where it is tried again.
function _M.answer()
    local var = ngx.var
    local place = var.kAgain
    var.kAgain = ""
    if place ~= "" and REPEATABLE[ngx.req.get_method()] and isUnsent() then
        return ngx.exec(place)
    end

    return problem.answerError(tonumber(match(var.upstream_status or "", "(%d+)%D*$")) or 502)
end


return _M
