-- Reads the answer of a limiter: who refused, who only would have, and what the headers say (the scarcest speaks).
-- Header fields: draft-ietf-httpapi-ratelimit-headers.
local random = math.random
local ceil, max, min = math.ceil, math.max, math.min

local NUMBERS_OF_GROUP, NUMBERS_OF_CHECK = 2, 4
local MICROSECONDS = 1000000
local JITTER_PART = 0.1

local _M = {}


-- never before the window's end, and not everybody at the same moment
function _M.jittered(seconds)
    return seconds + random(0, ceil(seconds * JITTER_PART))
end


-- Whether one policy alone lets this request pass. A refused request was not charged, so the state it saw is the one
-- that all admitted ones left.
local function passes(answer, at, ordinal)
    local admitted, alone = answer[1], answer[at + 1]
    if ordinal <= admitted then
        return ordinal <= alone
    end

    return alone > admitted
end


-- The answer tells the state after all of the group; this one's own comes before what the later ones were charged.
local function stateOf(policy, answer, at, ordinal)
    local admitted, alone = answer[1], answer[at + 1]
    local charged = min(admitted, alone)
    local later = (charged - min(ordinal, charged)) * policy.cost
    local seconds = ceil(max(0, answer[at + 3] - later * policy.interval) / MICROSECONDS)
    return answer[at + 2] + later, seconds, ceil(answer[at + 4] / MICROSECONDS)
end


local function isScarcer(hasPassed, remaining, retrySeconds, than)
    if hasPassed ~= than.hasPassed then
        return not hasPassed
    end
    if not hasPassed then
        return retrySeconds > than.retrySeconds
    end

    return remaining < than.remaining
end


local function add(list, policy)
    list = list or {}
    list[#list + 1] = policy
    return list
end


local function speak(verdict, policyField, scarcest)
    verdict.policyField = policyField
    verdict.scarcest = scarcest.policy
    verdict.remaining = scarcest.hasPassed and scarcest.remaining or 0
    verdict.seconds = scarcest.hasPassed and scarcest.seconds or max(1, scarcest.retrySeconds)
end


-- Mostly there is one policy, and it lets the request pass.
local function ofOnly(plan, policy, answer, ordinal)
    local remaining, seconds = stateOf(policy, answer, NUMBERS_OF_GROUP, ordinal)
    return {
        admitted = true, speaking = policy, policyField = plan.policyField, scarcest = policy, remaining = remaining,
        seconds = seconds,
    }
end


-- { admitted, refusedBy, shadowRefusedBy, speaking, policyField, scarcest, remaining, seconds } for one request of a
-- group; the lists are nil when they are empty, what the headers say when only shadow policies matched.
function _M.of(plan, answer, ordinal)
    if plan.only and ordinal <= answer[1] then
        return ofOnly(plan, plan.only, answer, ordinal)
    end

    local verdict = { admitted = ordinal <= answer[1] }
    local scarcest
    local at = NUMBERS_OF_GROUP
    for _, policy in ipairs(plan.policies) do
        local hasPassed = passes(answer, at, ordinal)
        if not hasPassed and policy.isShadow then
            verdict.shadowRefusedBy = add(verdict.shadowRefusedBy, policy)
        elseif not hasPassed then
            verdict.refusedBy = add(verdict.refusedBy, policy)
        end
        if not policy.isShadow then
            local remaining, seconds, retrySeconds = stateOf(policy, answer, at, ordinal)
            if not scarcest or isScarcer(hasPassed, remaining, retrySeconds, scarcest) then
                scarcest = {
                    policy = policy, hasPassed = hasPassed, remaining = remaining, seconds = seconds,
                    retrySeconds = retrySeconds,
                }
            end
        end
        at = at + NUMBERS_OF_CHECK
    end

    if scarcest then
        speak(verdict, plan.policyField, scarcest)
    end
    verdict.speaking = verdict.refusedBy and verdict.refusedBy[1]
        or verdict.shadowRefusedBy and verdict.shadowRefusedBy[1] or scarcest and scarcest.policy
    return verdict
end


-- For how many seconds it is certain that this plan refuses: nil when one more request may already be let in.
function _M.certainSeconds(plan, answer)
    local longest
    local at = NUMBERS_OF_GROUP
    for _, policy in ipairs(plan.policies) do
        local isCertain = not policy.isShadow and policy.counting ~= "slots" and answer[at + 1] <= answer[1]
        if isCertain and answer[at + 4] > 0 then
            longest = max(longest or 0, answer[at + 4] / MICROSECONDS)
        end
        at = at + NUMBERS_OF_CHECK
    end

    return longest
end


return _M
