-- A Redis in this worker's own memory, for what is only tried out: as many commands as the limiter's script uses, and
-- the script itself, run as it is. Its clock is the caller's.
local cjson = require("cjson")

local byte, find, match, sub = string.byte, string.find, string.match, string.sub
local concat, insert, remove, tonumber, tostring = table.concat, table.insert, table.remove, tonumber, tostring

local _M = {}
local meta = { __index = _M }
local commands = {}


-- script: the text that every EVAL and EVALSHA runs.
function _M.new(script)
    local self = setmetatable({ values = {}, expiry = {}, nowMs = 0, address = "memory" }, meta)
    self.run = assert(loadstring(script, "=takeTokens"))
    return self
end


function _M:setTime(milliseconds)
    self.nowMs = milliseconds
end


local function valueAt(self, key)
    local expiresAt = self.expiry[key]
    if expiresAt and expiresAt <= self.nowMs then
        self.values[key], self.expiry[key] = nil, nil
    end

    return self.values[key]
end


local function listAt(self, key)
    local list = valueAt(self, key) or {}
    self.values[key] = list
    return list
end


function commands.GET(self, key)
    return valueAt(self, key) or false
end


function commands.SET(self, key, value, _, milliseconds)
    self.values[key] = tostring(value)
    self.expiry[key] = milliseconds and self.nowMs + tonumber(milliseconds)
    return { ok = "OK" }
end


function commands.DEL(self, key)
    self.values[key], self.expiry[key] = nil, nil
    return 1
end


function commands.EXISTS(self, key)
    return valueAt(self, key) and 1 or 0
end


function commands.PEXPIRE(self, key, milliseconds)
    self.expiry[key] = self.nowMs + tonumber(milliseconds)
    return 1
end


function commands.LLEN(self, key)
    return #listAt(self, key)
end


function commands.LPUSH(self, key, value)
    local list = listAt(self, key)
    insert(list, 1, value)
    return #list
end


function commands.RPOP(self, key)
    return remove(listAt(self, key)) or false
end


function commands.LINDEX(self, key, index)
    local list = listAt(self, key)
    local position = tonumber(index)
    return list[position < 0 and #list + 1 + position or position + 1] or false
end


function commands.ZADD(self, key, score, member)
    listAt(self, key)[member] = tonumber(score)
    return 1
end


function commands.ZCARD(self, key)
    local count = 0
    for _ in pairs(listAt(self, key)) do
        count = count + 1
    end

    return count
end


function commands.ZREM(self, key, member)
    listAt(self, key)[member] = nil
    return 1
end


function commands.ZREMRANGEBYSCORE(self, key, _, highest)
    local members = listAt(self, key)
    for member, score in pairs(members) do
        if score <= tonumber(highest) then
            members[member] = nil
        end
    end

    return 1
end


local function environmentOf(self, keys, arguments)
    local function call(name, ...)
        return commands[name](self, ...)
    end

    return {
        redis = { call = call, pcall = call }, cjson = cjson, KEYS = keys, ARGV = arguments, ipairs = ipairs,
        math = math, max = math.max, pcall = pcall, select = select, string = string, table = table,
        tonumber = tonumber, tostring = tostring, type = type,
    }
end


local function flat(parts, into)
    for index = 1, #parts do
        if type(parts[index]) == "table" then
            flat(parts[index], into)
        else
            into[#into + 1] = parts[index]
        end
    end

    return into
end


-- The words of one command as they would travel.
local function wordsOf(parts)
    local text = concat(flat(parts, {}))
    local words, position = {}, find(text, "\n", 1, true) + 1
    while byte(text, position) == 36 do
        local length = match(text, "^%d+", position + 1)
        local from = position + 1 + #length + 2
        words[#words + 1] = sub(text, from, from + length - 1)
        position = from + length + 2
    end

    return words
end


local connection = {}
local connectionMeta = { __index = connection }


-- EVALSHA or EVAL, the script, the number of keys, keys, arguments.
function connection:exchange(parts)
    local words = wordsOf(parts)
    local keys, arguments, count = {}, {}, tonumber(words[3])
    for index = 4, #words do
        local isKey = index - 3 <= count
        insert(isKey and keys or arguments, words[index])
    end

    return setfenv(self.store.run, environmentOf(self.store, keys, arguments))()
end


function connection.release()
end


function _M:open()
    return setmetatable({ store = self, address = self.address }, connectionMeta)
end


return _M
