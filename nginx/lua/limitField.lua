-- Says in a header what is left of the limit that is the scarcest: RateLimit, draft-ietf-httpapi-ratelimit-headers.
-- Every request has another number to say, so it is put together from parts that are kept.
local bit = require("bit")
local ffi = require("ffi")
local memory = require("memory")
local variables = require("variables")

local copy = ffi.copy
local format = string.format
local max, min = math.max, math.min
local tobit = bit.tobit

local LARGEST = 2 ^ 31 - 1
local THOUSAND = 1000
-- what policies.lua lets a field begin with, and two numbers
local LONGEST = 256
local MOST_REMEMBERED = 4096

local _M = {}
local written = ffi.new("unsigned char[?]", LONGEST)
local short, padded = {}, {}
local ofThousands, ofSeconds = memory.new(MOST_REMEMBERED), memory.new(MOST_REMEMBERED)

for number = 0, THOUSAND - 1 do
    short[number], padded[number] = tostring(number), format("%03d", number)
end


-- The text of a number, remembered for the next who needs it.
local function textOf(texts, number, pattern)
    return texts.values[number] or texts:remember(number, format(pattern, number))
end


-- Where what is written ends then.
local function append(length, text)
    copy(written + length, text, #text)
    return length + #text
end


-- remaining, seconds: whole numbers.
function _M.write(policy, remaining, seconds)
    local left = max(0, tobit(remaining))
    local units = left % THOUSAND
    local length = append(0, policy.limitStart)
    if left >= THOUSAND then
        length = append(length, textOf(ofThousands, (left - units) / THOUSAND, "%d"))
        length = append(length, padded[units])
    else
        length = append(length, short[units])
    end
    length = append(length, textOf(ofSeconds, tobit(min(seconds, LARGEST)), ";t=%d"))
    variables.setBytes("kLimitState", written, length)
end


return _M
