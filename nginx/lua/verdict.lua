-- Reads the answer of a limiter: who refused, who only would have, and what the headers say (the scarcest speaks).
-- Header fields: draft-ietf-httpapi-ratelimit-headers.
local concat, random = table.concat, math.random
local ceil, max = math.ceil, math.max

local JITTER_PART = 0.1

local _M = {}


local function isScarcer(check, than)
    if not than then
        return true
    end
    if check.passed ~= than.passed then
        return not check.passed
    end
    if not check.passed then
        return check.retrySeconds > than.retrySeconds
    end

    return check.remaining < than.remaining
end


-- { admitted, refusedBy, shadowRefusedBy, policyField, limitField, retryAfter }; the fields are nil when only shadow
-- policies matched.
function _M.of(policies, answer)
    local verdict = { admitted = answer.admitted, refusedBy = {}, shadowRefusedBy = {} }
    local texts, scarcest, scarcestPolicy = {}, nil, nil
    for index, policy in ipairs(policies) do
        local check = answer.checks[index]
        if policy.isShadow and not check.passed then
            verdict.shadowRefusedBy[#verdict.shadowRefusedBy + 1] = policy
        elseif not check.passed then
            verdict.refusedBy[#verdict.refusedBy + 1] = policy
        end
        if not policy.isShadow then
            texts[#texts + 1] = policy.fieldText
        end
        if not policy.isShadow and isScarcer(check, scarcest) then
            scarcest, scarcestPolicy = check, policy
        end
    end
    if not scarcest then
        return verdict
    end

    local remaining = scarcest.passed and scarcest.remaining or 0
    local seconds = scarcest.passed and scarcest.resetSeconds or max(1, scarcest.retrySeconds)
    verdict.policyField = concat(texts, ", ")
    verdict.limitField = scarcestPolicy.fieldName .. ";r=" .. remaining .. ";t=" .. seconds
    verdict.scarcestPolicy = scarcestPolicy
    if not verdict.admitted then
        -- never before the window's end, and not everybody at the same moment
        verdict.retryAfter = seconds + random(0, ceil(seconds * JITTER_PART))
    end

    return verdict
end


return _M
