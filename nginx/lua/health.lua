-- Says how the gateway and the two servers behind it are. Asks them at most once a second, however often it is asked.
local cjson = require("cjson.safe")
local limiter = require("limiter")
local requestId = require("requestId")
local settings = require("settings")

local ngx = ngx

local KEPT_SECONDS = 1
local HEALTHY, DEGRADED, UNHEALTHY = "healthy", "degraded", "unhealthy"
local STATES = { [HEALTHY] = true, [DEGRADED] = true, [UNHEALTHY] = true }

local _M = {}
local last = { at = 0 }


local function describeServer(response, milliseconds)
    local body = cjson.decode(response.body or "")
    local stated = type(body) == "table" and body.status
    local isUp = response.status == 200
    return {
        status = STATES[stated] and stated or (isUp and HEALTHY or UNHEALTHY),
        latencyMs = milliseconds,
        instanceId = type(body) == "table" and body.instanceId or nil,
    }
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
    local startedAt = ngx.now()
    local public, admin = ngx.location.capture_multi({
        { "/.gateway/publicHealth", { method = ngx.HTTP_GET } },
        { "/.gateway/adminHealth", { method = ngx.HTTP_GET } },
    })
    ngx.update_time()
    local milliseconds = math.floor((ngx.now() - startedAt) * 1000 + 0.5)
    local limits = limiter.describe()
    local checks = {
        gateway = {
            status = limits.redis == "connected" and HEALTHY or DEGRADED,
            redis = limits.redis,
            policiesVersion = limits.policiesVersion,
        },
        publicServer = describeServer(public, milliseconds),
        adminServer = describeServer(admin, milliseconds),
    }
    return { status = worstOf(checks), instanceId = settings.instanceId, checks = checks }
end


function _M.answer()
    local method = ngx.req.get_method()
    if method ~= "GET" and method ~= "HEAD" then
        return ngx.exit(ngx.HTTP_NOT_ALLOWED)
    end

    if ngx.now() - last.at > KEPT_SECONDS then
        last.report = ask()
        last.at = ngx.now()
    end

    requestId.current()
    ngx.status = last.report.status == UNHEALTHY and ngx.HTTP_SERVICE_UNAVAILABLE or ngx.HTTP_OK
    ngx.header["Content-Type"] = "application/json"
    ngx.say(cjson.encode(last.report))
end


return _M
