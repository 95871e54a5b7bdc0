-- Says in a header what is left of the limit that is the scarcest: RateLimit, draft-ietf-httpapi-ratelimit-headers.
-- Every request has another number to say, so it is put together from parts that are kept.
local bit = require("bit")
local ffi = require("ffi")
local variables = require("variables")

local append = variables.append
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
local ofThousands, ofSeconds = { texts = {}, count = 0 }, { texts = {}, count = 0 }

for number = 0, THOUSAND - 1 do
    short[number], padded[number] = tostring(number), format("%03d", number)
end


-- The text of a number, remembered for the next who needs it.
local function textOf(memory, number, pattern)
    local known = memory.texts[number]
    if known then
        return known
    end

    if memory.count >= MOST_REMEMBERED then
        memory.texts, memory.count = {}, 0
    end
    known = format(pattern, number)
    memory.texts[number] = known
    memory.count = memory.count + 1
    return known
end


-- remaining, seconds: whole numbers.
function _M.write(policy, remaining, seconds)
    local left = max(0, tobit(remaining))
    local units = left % THOUSAND
    local length = append(written, 0, policy.limitStart)
    if left >= THOUSAND then
        length = append(written, length, textOf(ofThousands, (left - units) / THOUSAND, "%d"))
        length = append(written, length, padded[units])
    else
        length = append(written, length, short[units])
    end
    length = append(written, length, textOf(ofSeconds, tobit(min(seconds, LARGEST)), ";t=%d"))
    variables.setBytes("kLimitState", written, length)
end


return _M
