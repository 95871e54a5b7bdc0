-- The phases of a request: each asks the module that owns the decision and turns its verdict into a response.
local farewell = require("farewell")
local faults = require("faults")
local inbound = require("inbound")
local limitField = require("limitField")
local limiter = require("limiter")
local metrics = require("metrics")
local problem = require("problem")
local refusal = require("refusal")
local requestId = require("requestId")
local serverWatch = require("serverWatch")
local sessionCheck = require("sessionCheck")
local settings = require("settings")

-- everything is read in the master process, while it may still read it
require("again")
require("health")
require("redirect")
require("simulator")

local ngx = ngx
local find, sub = string.find, string.sub
local guard = faults.guard
local max = math.max

-- In just these letters. HTTP/0.9 has no head, and so no host; what comes after 1.1 nobody has written down.
local PROTOCOLS = { ["HTTP/1.0"] = true, ["HTTP/1.1"] = true, ["HTTP/2.0"] = true }

-- All that a request needs is compiled into one piece. LuaJIT's bound of 500 constants cuts it into many, and between
-- them the interpreter goes on; the other bounds are those of OpenResty's LuaJIT, for one that has its own.
local ONE_TRACE = { "maxirconst=8000", "maxrecord=16000", "maxtrace=8000", "maxside=400", "maxmcode=40960" }


local _M = {}
local isReady = false


function _M.init()
    require("resty.core")
    for _, bound in ipairs(ONE_TRACE) do
        -- where there is no such bound, or nothing is compiled, only the speed is another
        pcall(function() require("jit.opt").start(bound) end)
    end
    -- what the phases of conf.d/server.conf call
    _G.gatewayAccess, _G.gatewayAccessSession, _G.gatewayAccessEvents = _M.access, _M.accessSession, _M.accessEvents
    _G.gatewayLog = _M.log
end


-- nginx only logs an error here; a worker that did not get to the last line refuses to serve.
function _M.initWorker()
    math.randomseed(ngx.worker.pid() * 1000 + ngx.now() % 1000)
    sessionCheck.start(limiter.start())
    farewell.start()
    isReady = true
end


-- False when the request was answered: what it says could be read in two ways.
local function isFit(var, requestUri, path, method)
    if sub(path, 1, 5) ~= "/api/" and not find(requestUri, "/api/", 1, true) then
        return true
    end
    if not inbound.isPlainPath(requestUri, path) then
        problem.answer(400, { code = "gateway.pathRefused", title = "The path is not in its plain form" })
        return false
    end
    if not inbound.isKnownMethod(method) then
        ngx.exit(ngx.HTTP_NOT_ALLOWED)
        return false
    end
    if not PROTOCOLS[var.server_protocol] then
        ngx.exit(ngx.HTTP_BAD_REQUEST)
        return false
    end

    return true
end


-- What the request is, or nil when it was answered.
local function examine(var, line)
    local method, requestUri, path = ngx.req.get_method(), var.request_uri, var.uri
    return isFit(var, requestUri, path, method) and inbound.remember(line, method, requestUri, path) or nil
end


local function speakOf(var, verdict)
    if verdict.policyField then
        var.kLimitPolicies = verdict.policyField
    end
    if verdict.scarcest then
        limitField.write(verdict.scarcest, verdict.remaining, verdict.seconds)
    end
    if verdict.ticket then
        var.kTicket = verdict.ticket
    end
end


local function outcomeOf(verdict)
    if not verdict then
        return ""
    end
    if verdict.admitted then
        return verdict.shadowRefusedBy and "shadowLimited" or "allowed"
    end

    return verdict.isDenied and "denied" or verdict.isPenalty and "penalty" or "limited"
end


local function logVerdict(var, request, verdict)
    local outcome, policy = outcomeOf(verdict), verdict and verdict.speaking
    local policyId = policy and policy.id or ""
    if request.logged then
        var.kLogged = inbound.loggedAs(request, outcome, policyId)
    elseif verdict then
        var.kVerdict, var.kPolicy = outcome, policyId
    end
end


-- What follows from a verdict, or from none. True when nothing was answered.
local function follow(var, request, verdict, dropped)
    logVerdict(var, request, verdict)
    if verdict then
        speakOf(var, verdict)
    end
    if verdict and not verdict.admitted then
        return refusal.answer(var, verdict)
    end

    -- the names that only we may speak
    inbound.drop(dropped)
    return true
end


-- True when nothing was answered, or a question that has to be asked before.
local function decideAtOnce(dropped, hasId, hasBody, authorization, cookie)
    if ngx.req.is_internal() then
        return false
    end
    if not isReady then
        return ngx.exit(ngx.HTTP_SERVICE_UNAVAILABLE)
    end

    local var = ngx.var
    local line = var.request or ""
    requestId.begin(var, hasId)
    if farewell.isUnderWay then
        farewell.say()
    end
    local request = inbound.recall(line) or examine(var, line)
    if not request then
        return false
    end
    if hasBody and inbound.hasBodyInVain(var, request.method) then
        problem.answer(400, { code = "gateway.bodyRefused", title = "A request with this method has no body" })
        return false
    end
    if serverWatch.isAnySilent and serverWatch.isSilentFor(request.path) then
        return ngx.exit(ngx.HTTP_SERVICE_UNAVAILABLE)
    end

    local verdict, question = limiter.judge(var, request.method, request.path, authorization, cookie)
    if question then
        question.request = request
        return question
    end

    return follow(var, request, verdict, dropped)
end


local function decideByAsking(question, dropped)
    return follow(ngx.var, question.request, limiter.ask(question), dropped)
end


-- One phase for everything that comes before a server: a phase of Lua has its price. Three steps, because LuaJIT
-- compiles nothing that begins inside of a `pcall` and goes on behind its end, and a loop or a wait makes it begin
-- anew: the loop over the names comes before the guard, the wait for Redis has a guard of its own, and what most
-- requests need is between them, in one piece.
local function access()
    local dropped, hasId, hasBody, authorization, cookie = inbound.readNames()
    local said = guard(decideAtOnce, dropped, hasId, hasBody, authorization, cookie)
    if type(said) == "table" then
        return guard(decideByAsking, said, dropped)
    end

    return said
end


function _M.access()
    access()
end


-- As `access`; then the answer itself, where this gateway knows it.
function _M.accessSession()
    if access() then
        guard(sessionCheck.answer)
    end
end


-- As `access`, for a stream of events: `set` would hold 250 bytes as long as it lasts, and what a server says to who
-- names an origin has no room where the others wait.
function _M.accessEvents()
    local var = ngx.var
    var.kRoute, var.kAgain = "/api/payment/{id}/events", "@events"
    if access() and var.http_origin then
        ngx.exec("@events")
    end
end


-- Which of several servers it was, or what became of asking the only one. Of an answer as it should be from the only
-- one there is nothing to tell, and each of nginx' variables for it costs as much as a header.
local function logServers(var)
    local statuses = var.upstream_status
    if statuses then
        var.kLogged = var.kLogged .. '","upstreamStatus":"' .. statuses .. '","upstream":"' .. var.upstream_addr
    end
end


local function log(route)
    local var = ngx.var
    local status, seconds = ngx.status, max(0, ngx.now() - ngx.req.start_time())
    local method = ngx.req.is_internal() and inbound.methodAsked(var) or ngx.req.get_method()
    metrics.observeRequest(route or var.kRoute or "", method, status, seconds)
    limiter.free(var)
    -- what is no HTTP has a status below 100, and a second try is in a location that does not name its route
    local isAsItShouldBe = status < 499 and status > 99 and route
    if settings.maySeveralAnswer or not isAsItShouldBe then
        logServers(var)
    end
    if status == 504 or status == 499 then
        serverWatch.suspect(var.uri, status, seconds)
    end
end


-- route: where it is known without asking for $kRoute.
function _M.log(route)
    return guard(log, route)
end


return _M
