-- Gives every request its id: the caller's own when it is well formed, else a fresh UUIDv7.
local bit = require("bit")
local ffi = require("ffi")

local ngx = ngx
local byte, format = string.byte, string.format
local band, bor = bit.band, bit.bor
local floor = math.floor

ffi.cdef([[int RAND_bytes(unsigned char *buffer, int count);]])

local POOL_BYTES = 4000
local NEEDED = 10

local _M = {}
local pool = ffi.new("unsigned char[?]", POOL_BYTES)
local used = POOL_BYTES


local function randomOffset()
    if used + NEEDED > POOL_BYTES then
        if ffi.C.RAND_bytes(pool, POOL_BYTES) ~= 1 then
            error("requestId: no randomness")
        end
        used = 0
    end

    local offset = used
    used = used + NEEDED
    return offset
end


function _M.generate()
    local milliseconds = floor(ngx.now() * 1000)
    local at = randomOffset()
    return format("%08x-%04x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x",
        floor(milliseconds / 65536), milliseconds % 65536,
        bor(0x70, band(pool[at], 0x0f)), pool[at + 1],
        bor(0x80, band(pool[at + 2], 0x3f)), pool[at + 3],
        pool[at + 4], pool[at + 5], pool[at + 6], pool[at + 7], pool[at + 8], pool[at + 9])
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


-- the id of the request that is being served; the same on every call, also after an internal redirect
function _M.current()
    local var = ngx.var
    local known = var.kRequestId
    if known and known ~= "" then
        return known
    end

    local offered = var.http_x_request_id
    local id = offered and _M.isWellFormed(offered) and offered or _M.generate()
    var.kRequestId = id
    return id
end


return _M
