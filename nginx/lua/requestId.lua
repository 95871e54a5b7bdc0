-- Gives every request its id: the caller's own when it is well formed, else a fresh UUIDv7.
local ffi = require("ffi")

local ngx = ngx
local byte, format, sub = string.byte, string.format, string.sub
local concat, floor = table.concat, math.floor

ffi.cdef([[int RAND_bytes(unsigned char *buffer, int count);]])

local POOL_BYTES = 4000
-- digits of chance in one id: 3, 1 that is a variant, 3, 12
local NEEDED = 19
local VARIANTS = { [0] = "8", "9", "a", "b" }

local _M = {}
local pool = ffi.new("unsigned char[?]", POOL_BYTES)
local digits, used = "", 0
local timeMs, timeText = -1, ""


local function refill()
    if ffi.C.RAND_bytes(pool, POOL_BYTES) ~= 1 then
        error("requestId: no randomness")
    end

    local pieces = {}
    for index = 0, POOL_BYTES - 1 do
        pieces[index + 1] = format("%02x", pool[index])
    end
    digits, used = concat(pieces), 0
end


local function timeNow()
    local milliseconds = floor(ngx.now() * 1000)
    if milliseconds ~= timeMs then
        timeMs = milliseconds
        timeText = format("%08x-%04x-7", floor(milliseconds / 65536), milliseconds % 65536)
    end

    return timeText
end


function _M.generate()
    if used + NEEDED > #digits then
        refill()
    end

    local at = used
    used = at + NEEDED
    return timeNow() .. sub(digits, at + 1, at + 3) .. "-" .. VARIANTS[byte(digits, at + 4) % 4]
        .. sub(digits, at + 5, at + 7) .. "-" .. sub(digits, at + 8, at + 19)
end


-- byte by byte: cheaper than a pattern, and nothing outside the alphabet slips through
function _M.isWellFormed(text)
    local length = #text
    if length < 8 or length > 128 then
        return false
    end

    for position = 1, length do
        local code = byte(text, position)
        local isAllowed = (code >= 97 and code <= 122) or (code >= 48 and code <= 57) or code == 45
            or (code >= 65 and code <= 90) or code == 46 or code == 95
        if not isAllowed then
            return false
        end
    end

    return true
end


-- Gives the request that begins its id.
function _M.begin(var)
    local offered = var.http_x_request_id
    local id = offered and _M.isWellFormed(offered) and offered or _M.generate()
    var.kRequestId = id
    return id
end


-- the id of the request that is being served; the same on every call, also after an internal redirect
function _M.current()
    local var = ngx.var
    local known = var.kRequestId
    if known and known ~= "" then
        return known
    end

    return _M.begin(var)
end


return _M
