-- Says whom a request counts for: the address it comes from, and the key under which Redis may know its credential.
-- Only Redis knows whether the credential is real; what nobody knows counts for the address.
local bit = require("bit")
local digest = require("digest")
local settings = require("settings")

local byte, find, format, gmatch, lower, match, sub =
    string.byte, string.find, string.format, string.gmatch, string.lower, string.match, string.sub

local MAX_CREDENTIAL_LENGTH = 4096
local MOST_REMEMBERED = 20000
local BEARER = "bearer "
local PREFIX = settings.hasSecureCookies and "__Host-" or ""
local PUBLIC = { cookie = PREFIX .. "kSession", keyPrefix = "kauth:session:", keys = {}, count = 0 }
local ADMIN = { cookie = PREFIX .. "kAdminSession", keyPrefix = "kadmin:session:", keys = {}, count = 0 }

local _M = {}


local function pairAt(binary, offset)
    return bit.bor(bit.lshift(byte(binary, offset), 8), byte(binary, offset + 1))
end


local function isMappedIpv4(binary)
    return sub(binary, 1, 12) == "\0\0\0\0\0\0\0\0\0\0\255\255"
end


-- A household or a server gets a whole /64 of IPv6, so one address there is no caller of its own.
function _M.addressGroup(binary, text)
    if #binary ~= 16 then
        return text
    end
    if isMappedIpv4(binary) then
        return format("%d.%d.%d.%d", byte(binary, 13, 16))
    end

    return format("%x:%x:%x:%x::/64", pairAt(binary, 1), pairAt(binary, 3), pairAt(binary, 5), pairAt(binary, 7))
end


local function bearerOf(authorization)
    if not authorization or lower(sub(authorization, 1, #BEARER)) ~= BEARER then
        return nil
    end

    return match(sub(authorization, #BEARER + 1), "^%s*(.-)%s*$")
end


-- As the servers read it: the last of several wins, quotes around it do not count.
local function cookieAmongOthers(header, name)
    local value
    for key, text in gmatch(header, "%s*([^=;]-)%s*=%s*([^;]*)") do
        if key == name then
            value = match(text, '^"?(.-)"?%s*$')
        end
    end

    return value
end


-- Mostly the name stands there once, and what follows it up to the end is plain: that needs no pattern.
local function cookieOf(header, name)
    local first, last = find(header or "", name, 1, true)
    if not first then
        return nil
    end

    local isAlone = first == 1 and byte(header, last + 1) == 61 and not find(header, "[; \t\"=]", last + 2)
    return isAlone and sub(header, last + 2) or cookieAmongOthers(header, name)
end


local function isUsable(secret)
    return secret and #secret > 0 and #secret <= MAX_CREDENTIAL_LENGTH
end


local function audienceOf(path)
    return sub(path, 1, 11) == "/api/admin/" and ADMIN or PUBLIC
end


-- What the caller shows and whether it is a "bearer" or a "cookie", or nil. The order is the servers': bearer first.
function _M.credential(authorization, cookieHeader, path)
    local secret = bearerOf(authorization)
    if isUsable(secret) then
        return secret, "bearer"
    end

    secret = cookieOf(cookieHeader, audienceOf(path).cookie)
    if isUsable(secret) then
        return secret, "cookie"
    end

    return nil
end


-- The key of the copy that the servers keep of this credential. Remembered by its digest: no secret stays here.
function _M.keyOf(secret, path)
    local audience = audienceOf(path)
    local binary = digest.sha256(secret)
    local known = audience.keys[binary]
    if known then
        return known
    end

    if audience.count >= MOST_REMEMBERED then
        audience.keys, audience.count = {}, 0
    end
    known = audience.keyPrefix .. digest.sha256Hex(secret)
    audience.keys[binary] = known
    audience.count = audience.count + 1
    return known
end


-- The key of the caller's session copy, or nil without a credential.
function _M.sessionKey(authorization, cookieHeader, path)
    if not authorization and not cookieHeader then
        return nil
    end

    local secret = _M.credential(authorization, cookieHeader, path)
    return secret and _M.keyOf(secret, path)
end


local names, namesCount = {}, 0


-- For whom the address that the request comes from counts; the same text for the same address.
function _M.whoByAddress(var)
    local binary = var.binary_remote_addr
    local known = names[binary]
    if known then
        return known, binary
    end

    if namesCount >= MOST_REMEMBERED then
        names, namesCount = {}, 0
    end
    local name = "ip:" .. _M.addressGroup(binary, var.remote_addr)
    names[binary] = name
    namesCount = namesCount + 1
    return name, binary
end


-- identity: { user, apiKey } as takeTokens.lua says it of a credential that is known, or nil.
function _M.whoCounts(scope, whoByAddress, identity)
    if scope == "global" then
        return "global"
    end

    return identity and (scope == "user" and identity.user or scope == "apiKey" and identity.apiKey) or whoByAddress
end


return _M
