-- Asks Redis for the tokens of one or many requests in one atomic call. Knows the script, not who asks or why.
--
-- A request is { sessionKey, whoByAddress, policies }. `take` answers, for each, { admitted, knownUser, checks } with a
-- check { passed, remaining, resetSeconds, retrySeconds, blockedSeconds } for each policy; or nil and a message when
-- Redis gave none.
local digest = require("digest")
local settings = require("settings")

local ceil, sub = math.ceil, string.sub

local FIELDS_OF_REQUEST, FIELDS_OF_CHECK = 2, 4
local MICROSECONDS = 1000000

local _M = {}
local meta = { __index = _M }


local function readScript()
    local file = assert(io.open(settings.luaFolder .. "/scripts/takeTokens.lua", "r"))
    local text = file:read("*a")
    file:close()
    return text
end


local script = readScript()
local scriptSha = digest.sha1Hex(script)


function _M.new(redis)
    return setmetatable({ redis = redis }, meta)
end


local function toCommand(requests)
    local command = { "EVALSHA", scriptSha, #requests }
    for _, request in ipairs(requests) do
        command[#command + 1] = request.sessionKey or "-"
    end

    command[#command + 1] = ""
    command[#command + 1] = #requests
    for _, request in ipairs(requests) do
        command[#command + 1] = request.whoByAddress
        command[#command + 1] = #request.policies
        for _, policy in ipairs(request.policies) do
            local size = #command
            command[size + 1] = policy.id
            command[size + 2] = policy.scope
            command[size + 3] = policy.isExact and "log" or "gcra"
            command[size + 4] = policy.limit
            command[size + 5] = policy.windowSeconds
            command[size + 6] = policy.burst
            command[size + 7] = policy.cost
            command[size + 8] = policy.mode
        end
    end

    return command
end


local function toAnswers(requests, reply)
    local answers, position = {}, 1
    for index, request in ipairs(requests) do
        local answer = { admitted = reply[position] == 1, knownUser = reply[position + 1] == 1, checks = {} }
        position = position + FIELDS_OF_REQUEST
        for order = 1, #request.policies do
            answer.checks[order] = {
                passed = reply[position] == 1,
                remaining = reply[position + 1],
                resetSeconds = ceil(reply[position + 2] / MICROSECONDS),
                retrySeconds = ceil(reply[position + 3] / MICROSECONDS),
                blockedSeconds = reply[position + 3] / MICROSECONDS,
            }
            position = position + FIELDS_OF_CHECK
        end
        answers[index] = answer
    end

    return answers
end


-- A lost script cache is no failure: the script itself goes over the same connection, once.
local function evaluate(connection, command)
    local reply, err = connection:call(command)
    if reply == false and sub(err, 1, 8) == "NOSCRIPT" then
        command[1], command[2] = "EVAL", script
        reply, err = connection:call(command)
    end

    return reply, err
end


function _M:take(requests)
    local connection, err = self.redis:open()
    if not connection then
        return nil, err
    end

    local reply, replyErr = evaluate(connection, toCommand(requests))
    connection:release()
    if not reply then
        return nil, replyErr
    end

    return toAnswers(requests, reply)
end


return _M
