-- Says how the gateway and the two servers behind it are. Asks them at most once a second, however often it is asked.
local cjson = require("cjson.safe")
local limiter = require("limiter")
local question = require("question")
local requestId = require("requestId")
local settings = require("settings")

local ngx = ngx

local KEPT_SECONDS = 1
local CONNECT_MS, ANSWER_MS = 500, 3000
local HEALTHY, DEGRADED, UNHEALTHY = "healthy", "degraded", "unhealthy"
local STATES = { [HEALTHY] = true, [DEGRADED] = true, [UNHEALTHY] = true }

local _M = {}
local last = { at = 0 }


local function describeServer(status, text, milliseconds)
    local body = cjson.decode(text or "")
    local stated = type(body) == "table" and body.status
    return {
        status = STATES[stated] and stated or (status == 200 and HEALTHY or UNHEALTHY),
        latencyMs = milliseconds,
        instanceId = type(body) == "table" and body.instanceId or nil,
    }
end


-- The first of several servers that answers speaks for all.
local function askServer(addresses)
    local startedAt = ngx.now()
    local status, body
    for _, address in ipairs(addresses) do
        status, body = question.ask(address, "/health", requestId.current(), CONNECT_MS, ANSWER_MS)
        if status then
            break
        end
    end
    ngx.update_time()
    return describeServer(status, status and body, math.floor((ngx.now() - startedAt) * 1000 + 0.5))
end


local function worstOf(parts)
    local worst = HEALTHY
    for _, part in pairs(parts) do
        if part.status == UNHEALTHY then
            return UNHEALTHY
        end
        if part.status == DEGRADED then
            worst = DEGRADED
        end
    end

    return worst
end


local function ask()
    ngx.update_time()
    local asked = ngx.thread.spawn(askServer, settings.publicServers)
    local admin = askServer(settings.adminServers)
    local _, public = ngx.thread.wait(asked)
    local limits = limiter.describe()
    local checks = {
        gateway = {
            status = limits.redis == "connected" and HEALTHY or DEGRADED,
            redis = limits.redis,
            policiesVersion = limits.policiesVersion,
        },
        publicServer = public,
        adminServer = admin,
    }
    return { status = worstOf(checks), instanceId = settings.instanceId, checks = checks }
end


-- While a server takes its time everybody else hears what was true before.
local function askAnew()
    last.isAsking = true
    local isWhole, report = pcall(ask)
    last.isAsking = false
    if not isWhole then
        error(report, 0)
    end

    last.report, last.at = report, ngx.now()
end


function _M.answer()
    local method = ngx.req.get_method()
    if method ~= "GET" and method ~= "HEAD" then
        return ngx.exit(ngx.HTTP_NOT_ALLOWED)
    end

    if ngx.now() - last.at > KEPT_SECONDS and not (last.isAsking and last.report) then
        askAnew()
    end

    requestId.current()
    ngx.status = last.report.status == UNHEALTHY and ngx.HTTP_SERVICE_UNAVAILABLE or ngx.HTTP_OK
    ngx.header["Content-Type"] = "application/json"
    ngx.say(cjson.encode(last.report))
end


return _M
