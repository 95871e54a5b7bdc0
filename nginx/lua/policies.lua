-- Turns a published policy document into a matcher, or refuses it whole. Knows rules and paths, not counts.
local addresses = require("addresses")
local cjson = require("cjson.safe")

local ngx = ngx
local match, sub = string.match, string.sub
local concat, floor = table.concat, math.floor

local MAX_POLICIES = 2000
local MAX_LIMIT = 1000000000
local MAX_WINDOW_SECONDS = 31 * 86400
local MAX_PER_SECOND = 10000000
-- Without a burst of its own a limit this small is counted exactly (a log of moments); a larger one by GCRA.
local LARGEST_EXACT_LIMIT = 128
-- From here on tokens are taken ahead for a worker, unless the policy says otherwise or has a burst of its own.
local SMALLEST_LEASED_LIMIT = 10000
-- so many at once that half of them do not go in a hundredth of a second
local SMALLEST_AMPLE_BURST = 1000
local LARGEST_CONCURRENCY = 10000
local MAX_SLOT_SECONDS = 3600
local MAX_PENALTY_SECONDS = 86400
-- what was found for a path is remembered; callers choose paths, so only for so many
local MOST_REMEMBERED, LONGEST_REMEMBERED = 4096, 256
local MICROSECONDS = 1000000
-- what limitField.lua has room for
local LONGEST_START = 200

local METHODS = {
    ["*"] = true, GET = true, HEAD = true, POST = true, PUT = true, PATCH = true, DELETE = true, OPTIONS = true,
}
local SCOPES = { ip = true, user = true, apiKey = true, global = true }
local MATCHES = { exact = true, prefix = true }
local MODES = { enforce = true, shadow = true }
local KINDS = { rate = true, concurrency = true }

local _M = {}
local meta = { __index = _M }


local function isWhole(value, lowest, highest)
    return type(value) == "number" and value == floor(value) and value >= lowest and value <= highest
end


-- an object with names in it is no list, and must not pass for an empty one
local function isList(value)
    return type(value) == "table" and (#value > 0 or next(value) == nil)
end


local function orNil(value)
    if value == ngx.null then
        return nil
    end

    return value
end


-- a name as a quoted string of a structured field; what cannot be written there falls back to the id
local function fieldNameOf(policy)
    local isPrintable = #policy.name <= 64 and match(policy.name, "^[\32-\126]+$")
    local escaped = (isPrintable and policy.name or policy.id):gsub('[\\"]', "\\%0")
    return '"' .. escaped .. '"'
end


local CHECKS = {
    { "id", function(p) return type(p.id) == "string" and match(p.id, "^[%w._-]+$") and #p.id <= 64 end },
    { "name", function(p) return type(p.name) == "string" and #p.name >= 1 and #p.name <= 200 end },
    { "method", function(p) return METHODS[p.method] end },
    { "path", function(p) return type(p.path) == "string" and match(p.path, "^/[\33-\126]*$") and #p.path <= 512 end },
    { "match", function(p) return MATCHES[p.match] end },
    { "scope", function(p) return SCOPES[p.scope] end },
    { "limit", function(p) return isWhole(p.limit, 1, MAX_LIMIT) end },
    { "windowSeconds", function(p) return isWhole(p.windowSeconds, 1, MAX_WINDOW_SECONDS) end },
    { "limit per second", function(p) return p.limit / p.windowSeconds <= MAX_PER_SECOND end },
    { "burst", function(p) return p.burst == nil or isWhole(p.burst, 1, MAX_LIMIT) end },
    { "cost", function(p) return isWhole(p.cost, 1, p.burst or p.limit) end },
    { "mode", function(p) return MODES[p.mode] end },
    { "kind", function(p) return KINDS[p.kind] end },
    { "leased", function(p) return p.leased == nil or type(p.leased) == "boolean" end },
    { "concurrency", function(p)
        return p.kind == "rate" or (p.burst == nil and not p.leased and p.limit <= LARGEST_CONCURRENCY
            and p.windowSeconds <= MAX_SLOT_SECONDS)
    end },
    { "enabled", function(p) return type(p.enabled) == "boolean" end },
}


local function countsAhead(policy)
    if policy.leased ~= nil or policy.kind == "concurrency" then
        return policy.leased == true
    end

    return policy.burst == nil and policy.limit >= SMALLEST_LEASED_LIMIT
end


-- "slots" that are held and given back, a "log" of moments, or one "gcra" number
local function countingOf(policy)
    if policy.kind == "concurrency" then
        return "slots"
    end
    if policy.burst == nil and policy.limit <= LARGEST_EXACT_LIMIT and not policy.isLeased then
        return "log"
    end

    return "gcra"
end


local function toPolicy(given)
    if type(given) ~= "table" then
        return nil, "a policy is not an object"
    end

    local policy = {
        id = given.id, name = given.name, method = given.method, path = given.path, match = given.match,
        scope = given.scope, limit = given.limit, windowSeconds = given.windowSeconds, burst = orNil(given.burst),
        cost = orNil(given.cost) or 1, mode = orNil(given.mode) or "enforce", enabled = given.enabled,
        kind = orNil(given.kind) or "rate", leased = orNil(given.leased),
    }
    for _, check in ipairs(CHECKS) do
        if not check[2](policy) then
            return nil, "policy " .. tostring(given.id) .. ": " .. check[1] .. " is not valid"
        end
    end

    policy.isLeased = countsAhead(policy)
    policy.counting = countingOf(policy)
    policy.burst = policy.burst or policy.limit
    policy.isAmple = policy.counting == "gcra" and policy.burst >= SMALLEST_AMPLE_BURST
    policy.isShadow = policy.mode == "shadow"
    policy.needsIdentity = policy.scope == "user" or policy.scope == "apiKey"
    policy.interval = policy.counting == "gcra" and policy.windowSeconds * MICROSECONDS / policy.limit or 0
    local fieldName = fieldNameOf(policy)
    policy.limitStart = fieldName .. ";r="
    assert(#policy.limitStart <= LONGEST_START)
    policy.fieldText = fieldName .. ";q=" .. policy.limit .. ";w=" .. policy.windowSeconds
    return policy
end


local function append(index, key, policy)
    local list = index[key]
    if not list then
        list = {}
        index[key] = list
    end

    list[#list + 1] = policy
end


-- nil when there is none or it is switched off; false and a message when it cannot be used.
local function toPenaltyBox(given)
    if orNil(given) == nil then
        return nil
    end
    if type(given) ~= "table" or type(given.enabled) ~= "boolean" then
        return false, "the penalty box is not valid"
    end
    if not given.enabled then
        return nil
    end
    if not isWhole(given.refusals, 1, MAX_LIMIT) or not isWhole(given.withinSeconds, 1, MAX_PENALTY_SECONDS)
        or not isWhole(given.penaltySeconds, 1, MAX_PENALTY_SECONDS) then
        return false, "the penalty box is not valid"
    end

    return { refusals = given.refusals, within = given.withinSeconds, penalty = given.penaltySeconds }
end


local plansMade = 0


-- What is to be done for one set of policies, whichever path led to it. Its id is its own in this worker for ever.
local function toPlan(found)
    plansMade = plansMade + 1
    local plan = {
        id = plansMade .. ":", policies = found, needsIdentity = false, hasSlots = false, isLeased = true,
        isAmple = true, names = {}, namesCount = 0,
    }
    local texts = {}
    for _, policy in ipairs(found) do
        plan.needsIdentity = plan.needsIdentity or policy.needsIdentity
        plan.isLeased = plan.isLeased and policy.isLeased and not policy.isShadow
        plan.isAmple = plan.isAmple and policy.isAmple and not policy.isShadow
        plan.hasSlots = plan.hasSlots or policy.counting == "slots"
        if not policy.isShadow then
            texts[#texts + 1] = policy.fieldText
        end
    end
    plan.policyField = texts[1] and concat(texts, ", ")
    plan.only = not found[2] and not found[1].isShadow and found[1] or nil
    return plan
end


-- A matcher for a decoded document, or nil and what is wrong with it.
function _M.compile(document)
    if type(document) ~= "table" or not isWhole(document.version, 0, 2 ^ 53) then
        return nil, "the document has no version"
    end
    if not isList(document.policies) then
        return nil, "the document has no list of policies"
    end
    if #document.policies > MAX_POLICIES then
        return nil, "more than " .. MAX_POLICIES .. " policies"
    end

    local penaltyBox, penaltyErr = toPenaltyBox(document.penaltyBox)
    if penaltyBox == false then
        return nil, penaltyErr
    end
    local lists, listsErr = addresses.compile(orNil(document.addressLists))
    if not lists then
        return nil, listsErr
    end

    local self = {
        version = document.version, exact = {}, prefix = {}, prefixLengths = {}, all = {},
        addresses = lists, penaltyBox = penaltyBox, plans = {}, remembered = {}, rememberedCount = 0,
    }
    local seen, lengths = {}, {}
    for _, given in ipairs(document.policies) do
        local policy, err = toPolicy(given)
        if not policy then
            return nil, err
        end
        if seen[policy.id] then
            return nil, "two policies are called " .. policy.id
        end

        seen[policy.id] = true
        self.all[#self.all + 1] = policy
        if policy.enabled and policy.match == "exact" then
            append(self.exact, policy.path, policy)
        elseif policy.enabled then
            lengths[#policy.path] = true
            append(self.prefix, policy.path, policy)
        end
    end
    for length in pairs(lengths) do
        self.prefixLengths[#self.prefixLengths + 1] = length
    end
    table.sort(self.prefixLengths)

    return setmetatable(self, meta)
end


function _M.parse(text)
    local document, err = cjson.decode(text)
    if not document then
        return nil, "not JSON: " .. tostring(err)
    end

    return _M.compile(document)
end


local function addMatching(found, candidates, method)
    if not candidates then
        return found
    end

    for _, policy in ipairs(candidates) do
        if policy.method == "*" or policy.method == method or (method == "HEAD" and policy.method == "GET") then
            found = found or {}
            found[#found + 1] = policy
        end
    end

    return found
end


-- As many look-ups as there are different lengths of prefixes, however many policies there are.
local function find(self, method, path)
    local found = addMatching(nil, self.exact[path], method)
    for _, length in ipairs(self.prefixLengths) do
        if length > #path then
            return found
        end
        found = addMatching(found, self.prefix[sub(path, 1, length)], method)
    end

    return found
end


local function planOf(self, found)
    if not found then
        return false
    end

    local ids = {}
    for index, policy in ipairs(found) do
        ids[index] = policy.id
    end
    local key = concat(ids, " ")
    local plan = self.plans[key] or toPlan(found)
    self.plans[key] = plan
    return plan
end


local function remember(self, method, path, plan)
    if self.rememberedCount >= MOST_REMEMBERED then
        self.remembered, self.rememberedCount = {}, 0
    end

    local byPath = self.remembered[method] or {}
    self.remembered[method] = byPath
    byPath[path] = plan
    self.rememberedCount = self.rememberedCount + 1
end


-- The plan for one request, or nil when no policy matches it.
function _M:match(method, path)
    local byPath = self.remembered[method]
    local known = byPath and byPath[path]
    if known ~= nil then
        return known or nil
    end

    local plan = planOf(self, find(self, method, path))
    if #method + #path <= LONGEST_REMEMBERED then
        remember(self, method, path, plan)
    end
    return plan or nil
end


function _M:countEnabled()
    local count = 0
    for _, policy in ipairs(self.all) do
        count = count + (policy.enabled and 1 or 0)
    end

    return count
end


return _M
