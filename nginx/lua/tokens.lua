-- Asks Redis for the tokens of all that wait in one atomic call. Knows the script, not who asks or why.
--
-- A group is { plan, whoByAddress, sessionKey, identity, count, wanted, leftAlone, returned, slot, debts }: so many
-- requests for the same thing by the same caller. `take` gives each its `answer`, a flat list: admitted, known (0 | 1),
-- then for each policy of its plan passes, remaining, reset and retry in microseconds; and the `identity` of a
-- credential that nobody here knew.
local cjson = require("cjson.safe")
local digest = require("digest")
local redis = require("redis")
local settings = require("settings")

local concat, sub, tonumber = table.concat, string.sub, tonumber
local wordOf = redis.word

local NUMBERS_OF_GROUP, NUMBERS_OF_CHECK, TEXTS_OF_IDENTITY = 2, 4, 3
local WORDS_OF_GROUP, WORDS_OF_CHECK, WORDS_OF_SLOT = 9, 8, 2
local KEPT_NUMBERS = 1024

local _M = {}
local meta = { __index = _M }


local function readScript()
    local file = assert(io.open(settings.luaFolder .. "/scripts/takeTokens.lua", "r"))
    local text = file:read("*a")
    file:close()
    return text
end


_M.script = readScript()

local EVALSHA = wordOf("EVALSHA") .. wordOf(digest.sha1Hex(_M.script))
local EVAL = wordOf("EVAL") .. wordOf(_M.script)
local NOTHING = wordOf("")
local NO_CREDENTIAL = wordOf("-") .. NOTHING
local UNKNOWN_CREDENTIAL = wordOf("?") .. NOTHING
local numbers = {}

for number = 0, KEPT_NUMBERS do
    numbers[number] = wordOf(number)
end


function _M.new(client)
    return setmetatable({ redis = client }, meta)
end


local function numberWord(number)
    return numbers[number] or wordOf(number)
end


-- The plan's own words, which are the same each time.
local function wordsOfPlan(plan)
    local words = { numberWord(#plan.policies) }
    for _, policy in ipairs(plan.policies) do
        local fields = {
            policy.id, policy.scope, policy.counting, policy.limit, policy.windowSeconds, policy.burst, policy.cost,
            policy.mode,
        }
        for index = 1, #fields do
            words[#words + 1] = wordOf(fields[index])
        end
    end

    return concat(words)
end


local function wordsOfCredential(group)
    local identity = group.identity
    if not group.sessionKey then
        return NO_CREDENTIAL
    end
    if not identity then
        return UNKNOWN_CREDENTIAL
    end

    identity.words = identity.words or wordOf(identity.user) .. wordOf(identity.apiKey)
    return identity.words
end


-- Groups by plan, in the order in which the plans came first; that is the order of the answers.
local function sortedByPlan(groups)
    local plans, byPlan = {}, {}
    for index = 1, #groups do
        local group = groups[index]
        local same = byPlan[group.plan]
        if not same then
            same = {}
            byPlan[group.plan] = same
            plans[#plans + 1] = group.plan
        end
        same[#same + 1] = group
    end

    return plans, byPlan
end


-- The words after the script's name, how many they are, and the groups in the order of their answers.
local function toWords(groups, slots, clock)
    local keys, words, ordered = {}, {}, {}
    local plans, byPlan = sortedByPlan(groups)
    local count = 3 + #slots * WORDS_OF_SLOT
    words[1] = clock and wordOf(clock) or NOTHING
    words[2] = numberWord(#slots)
    for index = 1, #slots do
        words[#words + 1] = slots[index]
    end
    words[#words + 1] = numberWord(#plans)
    for _, plan in ipairs(plans) do
        local same = byPlan[plan]
        plan.words = plan.words or wordsOfPlan(plan)
        words[#words + 1] = plan.words
        words[#words + 1] = numberWord(#same)
        count = count + 2 + #plan.policies * WORDS_OF_CHECK + #same * WORDS_OF_GROUP
        for _, group in ipairs(same) do
            local size = #words
            words[size + 1] = numberWord(group.count)
            words[size + 2] = wordOf(group.whoByAddress)
            words[size + 3] = wordsOfCredential(group)
            words[size + 4] = numberWord(group.wanted or 0)
            words[size + 5] = numberWord(group.leftAlone or 0)
            words[size + 6] = numberWord(group.returned or 0)
            words[size + 7] = group.slot and wordOf(group.slot) or NOTHING
            words[size + 8] = group.debts and wordOf(group.debts) or NOTHING
            keys[#keys + 1] = group.sessionKey and wordOf(group.sessionKey)
            ordered[#ordered + 1] = group
        end
    end

    return numberWord(#keys) .. concat(keys), words, count + #keys, ordered
end


local function toCommand(keys, words, count, verb)
    return { "*", count + 3, "\r\n", verb, keys, words }
end


-- What one slot given back is in a command.
function _M.slotWords(key, slot)
    return wordOf(key) .. wordOf(slot)
end


local function distribute(groups, reply)
    local values = cjson.decode("[" .. reply[1] .. "]")
    if type(values) ~= "table" then
        return nil, "the script's answer is not understood"
    end

    local at, textAt = 0, 1
    for index = 1, #groups do
        local group = groups[index]
        local size = NUMBERS_OF_GROUP + #group.plan.policies * NUMBERS_OF_CHECK
        local answer = {}
        for offset = 1, size do
            answer[offset] = values[at + offset]
        end
        at = at + size
        if group.sessionKey and not group.identity and answer[2] == 1 then
            group.identity = {
                user = reply[textAt + 1], apiKey = reply[textAt + 2], expiresAt = tonumber(reply[textAt + 3]),
            }
            textAt = textAt + TEXTS_OF_IDENTITY
        end
        group.answer = answer
    end

    return true
end


local function connectionOf(self, held)
    local connection = held.connection
    if connection and not connection.isBroken and connection.address == self.redis.address then
        return connection
    end

    _M.rest(held)
    local err
    held.connection, err = self.redis:open()
    return held.connection, err, true
end


-- The connection goes back to the others. A holder is a table of the light thread that asks.
function _M.rest(held)
    if held.connection then
        held.connection:release()
        held.connection = nil
    end
end


-- A lost script cache is no failure: the script itself goes over the same connection, once. Nor is a connection that
-- Redis closed while nobody used it.
local function evaluate(self, held, keys, words, count)
    local connection, err, isFresh = connectionOf(self, held)
    if not connection then
        return nil, err
    end

    local reply, replyErr = connection:exchange(toCommand(keys, words, count, EVALSHA))
    if reply == nil and replyErr ~= "timeout" and not isFresh then
        connection, err = connectionOf(self, held)
        if not connection then
            return nil, err
        end
        reply, replyErr = connection:exchange(toCommand(keys, words, count, EVALSHA))
    end
    if reply == false and sub(replyErr, 1, 8) == "NOSCRIPT" then
        reply, replyErr = connection:exchange(toCommand(keys, words, count, EVAL))
    end

    return reply, replyErr
end


-- True, or nil and a message when Redis gave no answer.
function _M:take(groups, held, slots, clock)
    local keys, words, count, ordered = toWords(groups, slots, clock)
    local reply, err = evaluate(self, held, keys, words, count)
    if not reply then
        return nil, err
    end

    return distribute(ordered, reply)
end


return _M
