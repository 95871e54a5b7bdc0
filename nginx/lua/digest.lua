-- Digests in lower-case hex, from the OpenSSL that nginx itself is linked with.
local ffi = require("ffi")

local concat, format = table.concat, string.format

ffi.cdef([[
unsigned char *SHA1(const unsigned char *data, size_t length, unsigned char *digest);
int SHA256_Init(void *state);
int SHA256_Update(void *state, const void *data, size_t length);
int SHA256_Final(unsigned char *digest, void *state);
]])

local _M = {}
local digest = ffi.new("unsigned char[32]")
-- more than any OpenSSL's SHA256_CTX needs (112 bytes)
local shaState = ffi.new("uint64_t[32]")
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


-- In three calls: SHA256() of OpenSSL 3 looks for the algorithm anew each time.
local function computeSha256(bytes, length)
    ffi.C.SHA256_Init(shaState)
    ffi.C.SHA256_Update(shaState, bytes, length)
    ffi.C.SHA256_Final(digest, shaState)
end


-- The 32 bytes themselves, of bytes that need not be a text of Lua.
function _M.sha256Bytes(bytes, length)
    computeSha256(bytes, length)
    return ffi.string(digest, 32)
end


function _M.sha256(text)
    return _M.sha256Bytes(text, #text)
end


function _M.sha256Hex(text)
    computeSha256(text, #text)
    return toHex(32)
end


return _M
