-- Answers `GET /api/auth/session` from the copy that the servers keep in Redis, in the server's own words. Whatever is
-- not plainly there (no copy, one of another version, Redis away) is left to the server, which knows the truth: this
-- only ever says yes.
local batch = require("batch")
local caller = require("caller")
local cjson = require("cjson.safe")

local ngx = ngx
local concat, date, find, gsub, sub = table.concat, os.date, string.find, string.gsub, string.sub

local PATH = "/api/auth/session"
local COOKIE_LENGTH = 43
local KEY_PREFIX = "kak_"

local _M = {}
local state = {}


-- What `batch` asks for everybody who waits: the copies, or `ngx.null` where there is none.
local reader = {}


function reader:take(groups)
    local command = { "MGET" }
    for index = 1, #groups do
        command[index + 1] = groups[index].key
    end

    local texts, err = self.redis:call(command)
    if not texts then
        return nil, err
    end

    for index = 1, #groups do
        groups[index].answer = texts[index]
    end
    return true
end


function reader.rest()
end


function _M.start(redis, breaker, patienceSeconds)
    state.breaker = breaker
    state.copies = batch.new(setmetatable({ redis = redis }, { __index = reader }), patienceSeconds)
    state.copies:start()
end


-- The servers never take a cookie's secret for a token, nor the other way round.
local function hasItsShape(kind, secret)
    if kind == "cookie" then
        return #secret == COOKIE_LENGTH and not find(secret, "[^%w_-]")
    end
    if sub(secret, 1, #KEY_PREFIX) == KEY_PREFIX then
        return not find(secret, ".", 1, true)
    end

    local _, dots = gsub(secret, "%.", "")
    return dots == 2
end


local function readCopy(key)
    if not state.breaker:allows() then
        return nil
    end

    local group = state.copies:find(key) or state.copies:add(key, { key = key })
    local isAnswered, err = state.copies:wait(group)
    if not isAnswered then
        state.breaker:failed(err)
        return nil
    end

    state.breaker:succeeded()
    return group.answer ~= ngx.null and cjson.decode(group.answer) or nil
end


local function isWhole(copy)
    return type(copy) == "table" and copy.audience == "public" and type(copy.userId) == "string"
        and type(copy.sessionId) == "string" and (copy.kind == "session" or copy.kind == "apiKey")
        and type(copy.roles) == "table" and type(copy.scopes) == "table"
        and type(copy.authenticatedAt) == "number" and type(copy.expiresAt) == "number"
        and (copy.endsAt == cjson.null or type(copy.endsAt) == "number")
end


local function listOf(values)
    local texts = {}
    for index, value in ipairs(values) do
        texts[index] = cjson.encode(value)
    end

    return "[" .. concat(texts, ",") .. "]"
end


local function timeOf(seconds)
    return date('!"%Y-%m-%dT%H:%M:%SZ"', seconds)
end


local function describe(copy)
    return concat({
        '{"userId":', cjson.encode(copy.userId), ',"sessionId":', cjson.encode(copy.sessionId),
        ',"kind":"', copy.kind, '","roles":', listOf(copy.roles), ',"scopes":', listOf(copy.scopes),
        ',"authenticatedAt":', timeOf(copy.authenticatedAt),
        ',"expiresAt":', copy.endsAt == cjson.null and "null" or timeOf(copy.endsAt), "}",
    })
end


-- Ends the request with the answer, or returns so that the server gives it: also to a page of another site, since the
-- server knows which of those may read it.
function _M.answer()
    local var = ngx.var
    if ngx.req.get_method() ~= "GET" or var.http_origin then
        return
    end

    local secret, kind = caller.credential(var.http_authorization, var.http_cookie, PATH)
    if not secret or not hasItsShape(kind, secret) then
        return
    end

    local copy = readCopy(caller.keyOf(secret, PATH))
    if not isWhole(copy) or copy.expiresAt <= ngx.time() then
        return
    end

    local text = describe(copy)
    ngx.header["Content-Type"] = "application/json"
    ngx.header["Content-Length"] = #text
    ngx.print(text)
    return ngx.exit(ngx.HTTP_OK)
end


return _M
