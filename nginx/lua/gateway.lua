-- The phases of a request: each asks the module that owns the decision and turns its verdict into a response.
local faults = require("faults")
local inbound = require("inbound")
local limiter = require("limiter")
local metrics = require("metrics")
local problem = require("problem")
local requestId = require("requestId")
local serverWatch = require("serverWatch")
local sessionCheck = require("sessionCheck")
local settings = require("settings")

-- everything is read in the master process, while it may still read it
require("again")
require("health")
require("redirect")

local ngx = ngx
local find, sub = string.find, string.sub

local QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"

local _M = {}
local isReady = false


function _M.init()
    require("resty.core")
end


-- nginx only logs an error here; a worker that did not get to the last line refuses to serve.
function _M.initWorker()
    math.randomseed(ngx.worker.pid() * 1000 + ngx.now() % 1000)
    sessionCheck.start(limiter.start())
    isReady = true
end


function _M.rewrite()
    if ngx.req.is_internal() then
        return
    end

    local var = ngx.var
    local uri = var.uri
    requestId.current()
    var.kGatewaySecret = settings.gatewaySecret
    if sub(uri, 1, 5) ~= "/api/" and not find(var.request_uri, "/api/", 1, true) then
        return
    end
    if not inbound.isPlainPath(var.request_uri, uri) then
        return problem.answer(400, { code = "gateway.pathRefused", title = "The path is not in its plain form" })
    end
    if not inbound.isKnownMethod(ngx.req.get_method()) then
        return ngx.exit(ngx.HTTP_NOT_ALLOWED)
    end

    inbound.cleanHeaders()
end


local function namesOf(list)
    local names = {}
    for index, policy in ipairs(list) do
        names[index] = policy.name
    end

    return names
end


local function refuse(verdict)
    return problem.answer(429, {
        code = "gateway.rateLimited",
        type = QUOTA_EXCEEDED,
        title = "Too many requests",
        detail = "The limit is reached; try again in " .. verdict.retryAfter .. " seconds",
        retryAfter = verdict.retryAfter,
        extra = { ["violated-policies"] = namesOf(verdict.refusedBy) },
    })
end


function _M.access()
    if ngx.req.is_internal() then
        return
    end
    if not isReady then
        return ngx.exit(ngx.HTTP_SERVICE_UNAVAILABLE)
    end

    if serverWatch.isAnySilent and serverWatch.isSilentFor(ngx.var.uri) then
        return ngx.exit(ngx.HTTP_SERVICE_UNAVAILABLE)
    end

    local verdict = limiter.judge(ngx.req.get_method(), ngx.var.uri)
    if not verdict then
        return
    end

    if verdict.policyField then
        ngx.header["RateLimit-Policy"] = verdict.policyField
        ngx.header["RateLimit"] = verdict.limitField
    end
    local speaking = verdict.refusedBy[1] or verdict.shadowRefusedBy[1] or verdict.scarcestPolicy
    ngx.var.kPolicy = speaking and speaking.id or ""
    if not verdict.admitted then
        ngx.var.kVerdict = "limited"
        return refuse(verdict)
    end

    ngx.var.kVerdict = verdict.shadowRefusedBy[1] and "shadowLimited" or "allowed"
end


-- As `access`; then the answer itself, where this gateway knows it.
function _M.accessSession()
    _M.access()
    sessionCheck.answer()
end


function _M.log()
    local var = ngx.var
    local status, seconds = ngx.status, tonumber(var.request_time) or 0
    metrics.observeRequest(var.kRoute or "", ngx.req.get_method(), status, seconds)
    if status == 504 or status == 499 then
        serverWatch.suspect(var.uri, status, seconds)
    end
end


for _, phase in ipairs({ "rewrite", "access", "accessSession", "log" }) do
    local run = _M[phase]
    _M[phase] = function()
        return faults.guard(run)
    end
end


return _M
