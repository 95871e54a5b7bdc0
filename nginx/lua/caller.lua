-- Says whom a request counts for: the address it comes from, and the key under which Redis may know its credential.
-- Only Redis knows whether the credential is real; what nobody knows counts for the address.
local bit = require("bit")
local digest = require("digest")
local inbound = require("inbound")
local memory = require("memory")
local settings = require("settings")

local byte, char, find, format, lower, match, sub =
    string.byte, string.char, string.find, string.format, string.lower, string.match, string.sub
local concat = table.concat
local reFind = ngx.re.find

local MAX_CREDENTIAL_LENGTH = 4096
local MOST_REMEMBERED, LONGEST_REMEMBERED = 20000, 1024
local BEARER = "bearer "
local QUOTE = byte('"')
local IS_SPACE = {
    [9] = true, [10] = true, [11] = true, [12] = true, [13] = true, [28] = true, [29] = true, [30] = true, [31] = true,
    [32] = true, [133] = true, [160] = true,
}
local PREFIX = settings.hasSecureCookies and "__Host-" or ""


local function newAudience(cookie, keyPrefix)
    return {
        cookie = PREFIX .. cookie, keyPrefix = keyPrefix, bySecret = memory.new(MOST_REMEMBERED),
        byCookies = memory.new(MOST_REMEMBERED), byAuthorization = memory.new(MOST_REMEMBERED),
    }
end


local PUBLIC, ADMIN = newAudience("kSession", "kauth:session:"), newAudience("kAdminSession", "kadmin:session:")

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


-- Without what the servers take for white space. Byte by byte: a pattern with something open at both ends tries every
-- pair of them, and whoever writes the header would choose how long that takes.
local function trimmed(text)
    local first, last = 1, #text
    while first <= last and IS_SPACE[byte(text, first)] do
        first = first + 1
    end
    while first <= last and IS_SPACE[byte(text, last)] do
        last = last - 1
    end

    return sub(text, first, last)
end


local function bearerOf(authorization)
    if not authorization or lower(sub(authorization, 1, #BEARER)) ~= BEARER then
        return nil
    end

    return trimmed(sub(authorization, #BEARER + 1))
end


-- What stands between the quotes of a value: a backslash takes the sign after it as it is, or three octal digits as one
-- sign.
local function unquoted(text)
    if #text < 2 or byte(text) ~= QUOTE or byte(text, -1) ~= QUOTE then
        return text
    end

    local inner, pieces, from = sub(text, 2, -2), {}, 1
    local at = find(inner, "\\", from, true)
    while at and at < #inner do
        local octal = match(inner, "^[0-3][0-7][0-7]", at + 1)
        pieces[#pieces + 1] = sub(inner, from, at - 1)
        pieces[#pieces + 1] = octal and char(tonumber(octal, 8)) or sub(inner, at + 1, at + 1)
        from = at + (octal and 4 or 2)
        at = find(inner, "\\", from, true)
    end

    return concat(pieces) .. sub(inner, from)
end


-- As the servers read it, sign by sign: who is the user for them is that user here. The last of several wins.
local function cookieAmongOthers(header, name)
    local value, from = nil, 1
    while from do
        local ending = find(header, ";", from, true)
        local part = sub(header, from, ending and ending - 1 or -1)
        local equals = find(part, "=", 1, true)
        if equals and trimmed(sub(part, 1, equals - 1)) == name then
            value = unquoted(trimmed(sub(part, equals + 1)))
        end
        from = ending and ending + 1
    end

    return value
end


-- Mostly the name stands there once, and what follows it up to the end is plain.
local function cookieOf(header, name)
    local first, last = find(header or "", name, 1, true)
    if not first then
        return nil
    end

    local value = first == 1 and byte(header, last + 1) == 61 and sub(header, last + 2)
    local isAlone = value and not reFind(value, "[^!#-:<>-~]", "jo")
    return isAlone and value or cookieAmongOthers(header, name)
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
    return audience.bySecret.values[binary]
        or audience.bySecret:remember(binary, audience.keyPrefix .. digest.sha256Hex(secret))
end


local function readKey(var, path, authorization, cookie)
    local secret = _M.credential(authorization and var.http_authorization, cookie and var.http_cookie, path)
    return secret and _M.keyOf(secret, path)
end


-- The key of the caller's session copy, or nil without a credential. Mostly one of the two headers is there, once, and
-- the very same one was read before. authorization, cookie: as `inbound.readNames` tells of them.
function _M.sessionKey(var, path, authorization, cookie)
    local place = authorization or cookie
    if not place then
        return nil
    end
    if authorization and cookie or place == true then
        return readKey(var, path, authorization, cookie)
    end

    local bytes, length = inbound.valueAt(place)
    if length > LONGEST_REMEMBERED then
        return readKey(var, path, authorization, cookie)
    end

    local audience = audienceOf(path)
    local headers = authorization and audience.byAuthorization or audience.byCookies
    local binary = digest.sha256Bytes(bytes, length)
    local known = headers.values[binary]
    if known == nil then
        known = headers:remember(binary, readKey(var, path, authorization, cookie) or false)
    end

    return known or nil
end


local namesOfAddresses = memory.new(MOST_REMEMBERED)


-- For whom the address that the request comes from counts; the same text for the same address.
function _M.whoByAddress(var)
    local text = var.remote_addr
    return namesOfAddresses.values[text]
        or namesOfAddresses:remember(text, "ip:" .. _M.addressGroup(var.binary_remote_addr, text))
end


-- identity: { user, apiKey } as takeTokens.lua says it of a credential that is known, or nil.
function _M.whoCounts(scope, whoByAddress, identity)
    if scope == "global" then
        return "global"
    end

    return identity and (scope == "user" and identity.user or scope == "apiKey" and identity.apiKey) or whoByAddress
end


return _M
