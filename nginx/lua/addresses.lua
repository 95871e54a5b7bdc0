-- Says whether an address is on the list of those that are let through or of those that are turned away. Knows ranges
-- of IPv4 and IPv6 as CIDR; a range of IPv4 also holds for the addresses of IPv6 that only wrap it.
local bit = require("bit")

local ngx = ngx
local band, lshift = bit.band, bit.lshift
local byte, char, find, gmatch, gsub, match, rep, sub =
    string.byte, string.char, string.find, string.gmatch, string.gsub, string.match, string.rep, string.sub

local MOST_RANGES = 10000
local WRAPPED_IPV4 = "\0\0\0\0\0\0\0\0\0\0\255\255"

local _M = {}
local meta = { __index = _M }


local function binaryIpv4(text)
    local parts = { match(text, "^(%d+)%.(%d+)%.(%d+)%.(%d+)$") }
    for index = 1, #parts do
        parts[index] = #parts[index] <= 3 and tonumber(parts[index])
        if not parts[index] or parts[index] > 255 then
            return nil
        end
    end

    return #parts == 4 and char(unpack(parts)) or nil
end


local function groupsOf(text)
    local groups = {}
    for group in gmatch(text, "[^:]+") do
        if not match(group, "^%x%x?%x?%x?$") then
            return nil
        end
        local number = tonumber(group, 16)
        groups[#groups + 1] = char((number - number % 256) / 256, number % 256)
    end

    return groups
end


local function binaryIpv6(text)
    local head, last = match(text, "^(.*:)(%d+%.%d+%.%d+%.%d+)$")
    if head then
        local packed = binaryIpv4(last)
        if not packed then
            return nil
        end
        local one, two, three, four = byte(packed, 1, 4)
        text = head .. ("%x:%x"):format(one * 256 + two, three * 256 + four)
    end
    if find(text, ":::", 1, true) or select(2, gsub(text, "::", "")) > 1
        or match(text, "^:[^:]") or match(text, "[^:]:$") then
        return nil
    end

    local before, after = match(text, "^(.-)::(.*)$")
    local left, right = groupsOf(before or text), groupsOf(after or "")
    if not left or not right then
        return nil
    end
    local missing = 8 - #left - #right
    if (before and missing < 1) or (not before and missing ~= 0) then
        return nil
    end

    return table.concat(left) .. rep("\0\0", missing) .. table.concat(right)
end


-- Sixteen bytes for every address, so that both kinds are compared alike; nil when the text is no address.
local function binaryOf(text)
    if find(text, ":", 1, true) then
        return binaryIpv6(text)
    end

    local packed = binaryIpv4(text)
    return packed and WRAPPED_IPV4 .. packed
end


-- The address as text in the sixteen bytes it is compared by, or nil.
_M.binaryOf = binaryOf


local function masked(binary, bits)
    local whole = (bits - bits % 8) / 8
    local rest = bits % 8
    if rest == 0 then
        return sub(binary, 1, whole)
    end

    return sub(binary, 1, whole) .. char(band(byte(binary, whole + 1), 256 - lshift(1, 8 - rest)))
end


local function addRange(list, text)
    local address, bits = match(text, "^([%x:.]+)/(%d%d?%d?)$")
    address = address or text
    local binary = binaryOf(address)
    if not binary then
        return false
    end

    local isIpv4 = not find(address, ":", 1, true)
    local length = tonumber(bits) or (isIpv4 and 32 or 128)
    if length > (isIpv4 and 32 or 128) then
        return false
    end
    length = isIpv4 and length + 96 or length
    list.lengths[length] = true
    list.ranges[length .. "/" .. masked(binary, length)] = true
    return true
end


local function toList(texts, name)
    local list = { lengths = {}, ranges = {}, sorted = {} }
    if texts == nil or texts == ngx.null then
        return list
    end
    if type(texts) ~= "table" or #texts > MOST_RANGES or (#texts == 0 and next(texts) ~= nil) then
        return nil, "the address list " .. name .. " is not a list"
    end

    for _, text in ipairs(texts) do
        if type(text) ~= "string" or not addRange(list, text) then
            return nil, "the address list " .. name .. " holds something that is no range: " .. tostring(text)
        end
    end
    for length in pairs(list.lengths) do
        list.sorted[#list.sorted + 1] = length
    end

    return list
end


-- given: { allow = {"203.0.113.0/24", ...}, deny = {...} } or nil. A list, or nil and what is wrong.
function _M.compile(given)
    if given ~= nil and type(given) ~= "table" then
        return nil, "the address lists are not an object"
    end

    local allow, allowErr = toList(given and given.allow, "allow")
    local deny, denyErr = toList(given and given.deny, "deny")
    if not allow or not deny then
        return nil, allowErr or denyErr
    end

    return setmetatable({ allow = allow, deny = deny, isEmpty = not allow.sorted[1] and not deny.sorted[1] }, meta)
end


local function holds(list, binary)
    for _, length in ipairs(list.sorted) do
        if list.ranges[length .. "/" .. masked(binary, length)] then
            return true
        end
    end

    return false
end


-- "deny", "allow" or nil for an address of 4 or 16 bytes. Who is on both lists is turned away.
function _M:verdictOn(binary)
    if self.isEmpty then
        return nil
    end

    local whole = #binary == 4 and WRAPPED_IPV4 .. binary or binary
    if #whole ~= 16 then
        return nil
    end
    if holds(self.deny, whole) then
        return "deny"
    end

    return holds(self.allow, whole) and "allow" or nil
end


return _M
