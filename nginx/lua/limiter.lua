-- Decides whether one request may pass: finds the policies and the caller, asks Redis, or this node when Redis is away.
-- The order is that of what costs nothing: lists of addresses, the penalty box, what is known to be blocked, tokens
-- that were taken ahead, and only then the call that all who wait share.
local batch = require("batch")
local blocked = require("blocked")
local breaker = require("breaker")
local caller = require("caller")
local fallback = require("fallback")
local identities = require("identities")
local leases = require("leases")
local metrics = require("metrics")
local penaltyBox = require("penaltyBox")
local policyFeed = require("policyFeed")
local primary = require("primary")
local redis = require("redis")
local settings = require("settings")
local slots = require("slots")
local tokens = require("tokens")
local verdict = require("verdict")

local ngx = ngx
local ceil, max, min = math.ceil, math.max, math.min

local REDIS_TIMEOUT_MS = 50
local PATIENCE_SECONDS = 0.055
local PULSE_SECONDS = 0.2
-- Garbage is swept while more is made: a worker in which it has become quiet would keep what a crowd left, 2 MB. Done
-- bit by bit, 0.2 ms each.
local SWEPT_AT_ONCE_KB = 100
local MOST_NAMES = 4000

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


-- What was known under another Redis, or one that lost its memory, is worth nothing.
local function followEpoch()
    if state.epoch ~= state.feed.epoch then
        state.epoch = state.feed.epoch
        state.blocked:forget()
        state.leases:drop()
    end
end


-- Looks for new policies, and by that whether Redis is there: while the breaker is open only this asks.
local function pulse(isPremature)
    metrics.flush()
    if isPremature then
        return
    end

    if settings.redisAddresses[2] then
        primary.follow(state.client, settings.redisAddresses, REDIS_TIMEOUT_MS)
    end
    local answered, err = state.feed:refresh()
    state.fallback:follow(state.feed.current.version)
    followEpoch()
    if answered then
        state.breaker:succeeded()
        state.slots:settle(state.identities)
    else
        state.breaker:failed(err)
    end
    announce()
    collectgarbage("step", SWEPT_AT_ONCE_KB)
end


local function giveBack(group, unspent)
    if state.breaker:allows() then
        state.batch:send(group.name .. " back", {
            plan = group.plan, whoByAddress = group.whoByAddress, sessionKey = group.sessionKey,
            identity = group.identity, returned = unspent, wanted = 0,
        })
    end
end


-- The worker's Redis and the breaker before it, for whoever else asks Redis here.
function _M.start()
    state.client = redis.new(settings.redis, REDIS_TIMEOUT_MS)
    state.breaker = breaker.new(onBreakerChange)
    state.batch = batch.new(tokens.new(state.client), PATIENCE_SECONDS)
    state.blocked = blocked.new()
    state.leases = leases.new(giveBack)
    state.identities = identities.new()
    state.fallback = fallback.new(ngx.shared.kFallback)
    state.penaltyBox = penaltyBox.new(ngx.shared.kPenalty)
    state.slots = slots.new(state.batch, state.fallback)
    state.feed = policyFeed.new(state.client, ngx.shared.kPolicies, require("defaults"))
    metrics.gauge('gateway_breaker_open{worker="' .. ngx.worker.id() .. '"}', 0)

    state.batch:start()
    assert(ngx.timer.at(0, pulse))
    assert(ngx.timer.every(PULSE_SECONDS, pulse))
    return state.client, state.breaker, PATIENCE_SECONDS
end


function _M.describe()
    return {
        redis = state.breaker.isOpen and "away" or "connected",
        policiesVersion = state.feed.current.version,
    }
end


-- A credential that Redis does not know may be known the next moment, and its user is not to wait for the address.
local function certainSecondsOf(group, isKnown)
    local seconds = verdict.certainSeconds(group.plan, group.answer) or 0
    return group.sessionKey and not isKnown and min(seconds, identities.UNKNOWN_SECONDS) or seconds
end


-- Once for each answer, whoever of those that waited for it comes first.
local function learn(group)
    local answer, name = group.answer, group.name
    local isKnown = answer[2] == 1
    group.isLearned = true
    if group.sessionKey and isKnown then
        state.identities:remember(group.sessionKey, group.identity)
    elseif group.sessionKey then
        group.identity = nil
        state.identities:forget(group.sessionKey, group.whoByAddress)
    end

    state.fallback:learn(group.plan, group.whoByAddress, group.identity, answer, group.debts ~= nil)
    if answer[1] < group.asked then
        local said = verdict.of(group.plan, answer, answer[1] + 1)
        said.isKnown = isKnown
        said.identity = group.identity
        state.blocked:remember(name, said, certainSecondsOf(group, isKnown))
    elseif group.terms and (isKnown or not group.sessionKey) then
        state.leases:keep(name, group, group.terms)
    end
end


-- The group that was answered and which of it this request is, or nil when Redis gave no answer.
local function askRedis(name, plan, whoByAddress, sessionKey, identity)
    local waiting = state.batch
    local group = waiting:find(name)
    if not group then
        local terms = leases.termsOf(plan, sessionKey ~= nil)
        local wanted = terms and state.leases:wantedOf(name, terms) or 0
        group = waiting:add(name, {
            name = name, plan = plan, whoByAddress = whoByAddress, sessionKey = sessionKey, identity = identity,
            terms = terms, leftAlone = terms and terms.leftAlone, wanted = wanted,
            returned = terms and state.leases:takeBack(name),
            slot = plan.hasSlots and state.slots:name() or nil,
            debts = state.fallback:debtsOf(plan, whoByAddress, identity),
        })
    end

    local ordinal, err = waiting:wait(group)
    if not ordinal and group.slot then
        state.slots:abandon(group)
    end
    if not ordinal then
        state.breaker:failed(err)
        return nil
    end

    state.breaker:succeeded()
    if not group.isLearned then
        learn(group)
    end
    return group, ordinal
end


local function decideHere(plan, whoByAddress, identity)
    local answer, held = state.fallback:take(plan, whoByAddress, identity)
    local said = verdict.of(plan, answer, 1)
    said.identity = identity
    said.ticket = held and state.slots:holdHere(held)
    return said, "fallback"
end


-- Nobody waits for it: who asks meanwhile spends what is left.
local function renew(group)
    if state.breaker:allows() then
        state.batch:send(group.name, {
            name = group.name, plan = group.plan, whoByAddress = group.whoByAddress, sessionKey = group.sessionKey,
            identity = group.identity, terms = group.terms, leftAlone = group.leftAlone,
            wanted = leases.renew(group), returned = leases.takeBackOlder(group), learn = learn,
        })
    end
end


-- From tokens that were taken ahead, or nil.
local function decideAhead(name, plan)
    local group, ordinal, isDue = state.leases:spend(name)
    if isDue then
        renew(group)
    end

    return group and verdict.of(plan, group.answer, ordinal)
end


local function decide(name, plan, whoByAddress, sessionKey, identity)
    local group, ordinal
    if state.breaker:allows() then
        group, ordinal = askRedis(name, plan, whoByAddress, sessionKey, identity)
    end
    if not group then
        return decideHere(plan, whoByAddress, identity)
    end

    local said = verdict.of(plan, group.answer, ordinal)
    said.identity = group.identity
    said.ticket = plan.hasSlots and ordinal <= group.answer[1] and state.slots:hold(group, ordinal)
    return said, "redis"
end


-- Asks nobody: the same refusal as a moment ago, with what is left of the time.
local function repeatRefusal(known)
    known.seconds = max(1, ceil(known.untilTime - ngx.now()))
    return known
end


local function penalized(plan, boxedUntil)
    return {
        admitted = false, isPenalty = true, seconds = max(1, ceil(boxedUntil - ngx.now())), untilTime = boxedUntil,
        policyField = plan.policyField,
    }
end


local function boxedUntilOf(rules, whoByAddress, sessionKey)
    local box = state.penaltyBox
    return box:untilOf(rules, whoByAddress) or sessionKey and box:untilOf(rules, sessionKey)
end


-- The key of the credential's copy and whose it is. Nothing is looked up for a caller who showed many that are unknown.
local function identify(var, path, whoByAddress, authorization, cookie)
    local sessionKey = caller.sessionKey(var, path, authorization, cookie)
    if not sessionKey then
        return nil
    end

    local identity = state.identities:recall(sessionKey)
    if identity == false or (not identity and not state.identities:mayAsk(whoByAddress)) then
        return nil
    end

    return sessionKey, identity
end


-- Under what name this worker keeps what it knows of a caller and a plan. Put together once: a new text costs more than
-- two look-ups.
local function nameOf(plan, whoByAddress, sessionKey)
    local names = plan.names[whoByAddress]
    local name = names and names[sessionKey or ""]
    if name then
        return name
    end

    if plan.namesCount >= MOST_NAMES then
        plan.names, plan.namesCount = {}, 0
        names = nil
    end
    names = names or {}
    plan.names[whoByAddress] = names
    name = plan.id .. whoByAddress .. (sessionKey and " " .. sessionKey or "")
    names[sessionKey or ""] = name
    plan.namesCount = plan.namesCount + 1
    return name
end


local DENIED = { admitted = false, isDenied = true }


local function conclude(plan, said, source, rules, whoByAddress, sessionKey)
    metrics.observeVerdict(plan, said, source)
    if rules and not said.admitted then
        state.penaltyBox:noteRefusal(rules, said, whoByAddress, said.identity and sessionKey)
    end

    return said
end


-- The verdict on the request that is being served, as far as nobody has to be asked for it; nil when no policy matches
-- it, or nil and a question for `ask`. authorization, cookie: as `inbound.readNames` tells of them.
function _M.judge(var, method, path, authorization, cookie)
    local set = state.feed.current
    if not set.addresses.isEmpty then
        local listed = set.addresses:verdictOn(var.binary_remote_addr)
        if listed == "deny" then
            metrics.observeSource("denied")
            return DENIED
        end
        if listed then
            return nil
        end
    end

    local plan = set:match(method, path)
    if not plan then
        return nil
    end

    local whoByAddress = caller.whoByAddress(var)
    local sessionKey, identity
    if plan.needsIdentity then
        sessionKey, identity = identify(var, path, whoByAddress, authorization, cookie)
    end
    local name = nameOf(plan, whoByAddress, sessionKey)

    local rules = set.penaltyBox
    local boxedUntil = rules and boxedUntilOf(rules, whoByAddress, sessionKey)
    if boxedUntil then
        metrics.observeSource("penalty")
        return penalized(plan, boxedUntil)
    end

    local known = state.blocked:recall(name)
    if known then
        return conclude(plan, repeatRefusal(known), "blocked", rules, whoByAddress, sessionKey)
    end

    local said = decideAhead(name, plan)
    if said then
        return conclude(plan, said, "leased", rules, whoByAddress, sessionKey)
    end

    return nil, {
        name = name, plan = plan, whoByAddress = whoByAddress, sessionKey = sessionKey, identity = identity,
        rules = rules,
    }
end


-- The verdict on a question of `judge`: whoever asks waits.
function _M.ask(question)
    local plan, whoByAddress, sessionKey = question.plan, question.whoByAddress, question.sessionKey
    local said, source = decide(question.name, plan, whoByAddress, sessionKey, question.identity)
    return conclude(plan, said, source, question.rules, whoByAddress, sessionKey)
end


-- The request that held a place of a concurrency limit has ended.
function _M.free(var)
    if state.slots.count > 0 then
        local ticket = var.kTicket
        return ticket and state.slots:free(ticket)
    end
end


return _M
