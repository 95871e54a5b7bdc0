-- Decides whether one request may pass: finds the policies and the caller, asks Redis, or this node when Redis is away.
local batch = require("batch")
local blocked = require("blocked")
local breaker = require("breaker")
local caller = require("caller")
local fallback = require("fallback")
local metrics = require("metrics")
local primary = require("primary")
local policyFeed = require("policyFeed")
local redis = require("redis")
local settings = require("settings")
local tokens = require("tokens")
local verdict = require("verdict")

local ngx = ngx

local REDIS_TIMEOUT_MS = 50
local PATIENCE_SECONDS = 0.055
local PULSE_SECONDS = 0.2

local _M = {}
local state = {}


local function onBreakerChange(isOpen, reason)
    metrics.gauge('gateway_breaker_open{worker="' .. ngx.worker.id() .. '"}', isOpen and 1 or 0)
    state.news = isOpen and "Redis is away (" .. tostring(reason) .. "); this node counts for itself" or "Redis is back"
end


-- Said by the pulse and not where it happened: nginx adds the request at hand to a line of the error log.
local function announce()
    local news = state.news
    state.news = nil
    if news then
        ngx.log(ngx.WARN, "limits: ", news)
    end
end


-- Looks for new policies, and by that whether Redis is there: while the breaker is open only this asks.
local function pulse(isPremature)
    metrics.flush()
    if isPremature then
        return
    end

    if #settings.redisAddresses > 1 then
        primary.follow(state.client, settings.redisAddresses, REDIS_TIMEOUT_MS)
    end
    local answered, err = state.feed:refresh()
    if answered then
        state.breaker:succeeded()
    else
        state.breaker:failed(err)
    end
    announce()
end


-- The worker's Redis and the breaker before it, for whoever else asks Redis here.
function _M.start()
    local client = redis.new(settings.redis, REDIS_TIMEOUT_MS)
    state.client = client
    state.breaker = breaker.new(onBreakerChange)
    state.tokens = batch.new(tokens.new(client), PATIENCE_SECONDS)
    state.blocked = blocked.new(ngx.shared.kBlocked)
    state.fallback = fallback.new(ngx.shared.kFallback)
    state.feed = policyFeed.new(client, ngx.shared.kPolicies, require("defaults"))
    metrics.gauge('gateway_breaker_open{worker="' .. ngx.worker.id() .. '"}', 0)

    state.tokens:start()
    assert(ngx.timer.at(0, pulse))
    assert(ngx.timer.every(PULSE_SECONDS, pulse))
    return client, state.breaker, PATIENCE_SECONDS
end


function _M.describe()
    return {
        redis = state.breaker.isOpen and "away" or "connected",
        policiesVersion = state.feed.current.version,
    }
end


local function askRedis(request)
    local answer, err = state.tokens:take(request)
    if not answer then
        state.breaker:failed(err)
        return nil
    end

    state.breaker:succeeded()
    return answer
end


-- What is known to be blocked costs nothing; else Redis decides, or this node while Redis is away.
local function decide(request)
    local answer = state.blocked:recall(request, state.feed.epoch)
    if answer then
        return answer, "blocked"
    end

    answer = state.breaker:allows() and askRedis(request)
    if not answer then
        return state.fallback:take(request), "fallback"
    end

    state.blocked:remember(request, answer, state.feed.epoch)
    return answer, "redis"
end


local function needsSession(matched)
    for _, policy in ipairs(matched) do
        if policy.scope == "user" or policy.scope == "apiKey" then
            return true
        end
    end

    return false
end


-- The verdict on the request that is being served, or nil when no policy matches it.
function _M.judge(method, path)
    local matched = state.feed.current:match(method, path)
    if not matched then
        return nil
    end

    local var = ngx.var
    local request = { policies = matched, whoByAddress = caller.whoByAddress() }
    if needsSession(matched) then
        request.sessionKey = caller.sessionKey(var.http_authorization, var.http_cookie, path)
    end

    local answer, source = decide(request)
    metrics.observeVerdict(matched, answer, source)
    return verdict.of(matched, answer)
end


return _M
