-- Digests in lower-case hex, from the OpenSSL that nginx itself is linked with.
local ffi = require("ffi")

local concat, format = table.concat, string.format

ffi.cdef([[
unsigned char *SHA1(const unsigned char *data, size_t length, unsigned char *digest);
unsigned char *SHA256(const unsigned char *data, size_t length, unsigned char *digest);
]])

local _M = {}
local digest = ffi.new("unsigned char[32]")
local hexOf, pieces = {}, {}

for value = 0, 255 do
    hexOf[value] = format("%02x", value)
end


local function toHex(size)
    for position = 0, size - 1 do
        pieces[position + 1] = hexOf[digest[position]]
    end

    return concat(pieces, "", 1, size)
end


-- only to name a script in Redis, as Redis itself does
function _M.sha1Hex(text)
    ffi.C.SHA1(text, #text, digest)
    return toHex(20)
end


-- The 32 bytes themselves.
function _M.sha256(text)
    ffi.C.SHA256(text, #text, digest)
    return ffi.string(digest, 32)
end


function _M.sha256Hex(text)
    ffi.C.SHA256(text, #text, digest)
    return toHex(32)
end


return _M
