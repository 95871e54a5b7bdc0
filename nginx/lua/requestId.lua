-- Gives every request its id: the caller's own when it is well formed, else a fresh UUIDv7.
local bit = require("bit")
local ffi = require("ffi")
local variables = require("variables")

local ngx = ngx
local band, rshift = bit.band, bit.rshift
local byte, format = string.byte, string.format
local copy, textOf = ffi.copy, ffi.string
local floor = math.floor

ffi.cdef([[int RAND_bytes(unsigned char *buffer, int count);]])

local POOL_BYTES, POOL_DIGITS = 4000, 8000
-- digits of chance in one id: 3, 1 that is a variant, 3, 12
local NEEDED, LENGTH = 19, 36
local DIGITS = { byte("0123456789abcdef", 1, -1) }

local _M = {}
local pool, digits = ffi.new("unsigned char[?]", POOL_BYTES), ffi.new("unsigned char[?]", POOL_DIGITS)
local used = POOL_DIGITS
local written = ffi.new("unsigned char[?]", LENGTH + 1)
copy(written, "00000000-0000-7000-8000-000000000000")
local timeMs = -1


local function refill()
    if ffi.C.RAND_bytes(pool, POOL_BYTES) ~= 1 then
        error("requestId: no randomness")
    end

    for index = 0, POOL_BYTES - 1 do
        digits[2 * index] = DIGITS[rshift(pool[index], 4) + 1]
        digits[2 * index + 1] = DIGITS[band(pool[index], 15) + 1]
    end
    used = 0
end


local function writeTime()
    local milliseconds = floor(ngx.now() * 1000)
    if milliseconds ~= timeMs then
        timeMs = milliseconds
        copy(written, format("%08x-%04x", floor(milliseconds / 65536), milliseconds % 65536), 13)
    end
end


local function write()
    if used + NEEDED > POOL_DIGITS then
        refill()
    end

    local from = digits + used
    used = used + NEEDED
    writeTime()
    copy(written + 15, from, 3)
    written[19] = DIGITS[9 + band(from[3], 3)]
    copy(written + 20, from + 4, 3)
    copy(written + 24, from + 7, 12)
end


function _M.generate()
    write()
    return textOf(written, LENGTH)
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


-- Gives the request that begins its id. mayOffer: whether its header may name one.
function _M.begin(var, mayOffer)
    local offered = mayOffer and var.http_x_request_id
    if offered and _M.isWellFormed(offered) then
        var.kRequestId = offered
        return
    end

    write()
    variables.setBytes("kRequestId", written, LENGTH)
end


-- the id of the request that is being served; the same on every call, also after an internal redirect
function _M.current()
    local var = ngx.var
    local known = var.kRequestId
    if known and known ~= "" then
        return known
    end

    _M.begin(var, true)
    return var.kRequestId
end


return _M
