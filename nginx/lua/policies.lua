-- Turns a published policy document into a matcher, or refuses it whole. Knows rules and paths, not counts.
local cjson = require("cjson.safe")

local ngx = ngx
local match, sub = string.match, string.sub
local floor = math.floor

local MAX_POLICIES = 2000
local MAX_LIMIT = 1000000000
local MAX_WINDOW_SECONDS = 31 * 86400
local MAX_PER_SECOND = 10000000
-- Without a burst of its own a limit this small is counted exactly (a log of moments); a larger one by GCRA.
local LARGEST_EXACT_LIMIT = 128

local METHODS = {
    ["*"] = true, GET = true, HEAD = true, POST = true, PUT = true, PATCH = true, DELETE = true, OPTIONS = true,
}
local SCOPES = { ip = true, user = true, apiKey = true, global = true }
local MATCHES = { exact = true, prefix = true }
local MODES = { enforce = true, shadow = true }

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
    { "enabled", function(p) return type(p.enabled) == "boolean" end },
}


local function toPolicy(given)
    if type(given) ~= "table" then
        return nil, "a policy is not an object"
    end

    local policy = {
        id = given.id, name = given.name, method = given.method, path = given.path, match = given.match,
        scope = given.scope, limit = given.limit, windowSeconds = given.windowSeconds, burst = orNil(given.burst),
        cost = orNil(given.cost) or 1, mode = orNil(given.mode) or "enforce", enabled = given.enabled,
    }
    for _, check in ipairs(CHECKS) do
        if not check[2](policy) then
            return nil, "policy " .. tostring(given.id) .. ": " .. check[1] .. " is not valid"
        end
    end

    policy.isExact = policy.burst == nil and policy.limit <= LARGEST_EXACT_LIMIT
    policy.burst = policy.burst or policy.limit
    policy.isShadow = policy.mode == "shadow"
    policy.fieldName = fieldNameOf(policy)
    policy.fieldText = policy.fieldName .. ";q=" .. policy.limit .. ";w=" .. policy.windowSeconds
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

    local self = { version = document.version, exact = {}, prefix = {}, prefixLengths = {}, all = {} }
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


-- The policies for one request, or nil. As many look-ups as there are different lengths of prefixes, however many
-- policies there are.
function _M:match(method, path)
    local found = addMatching(nil, self.exact[path], method)
    for _, length in ipairs(self.prefixLengths) do
        if length > #path then
            return found
        end
        found = addMatching(found, self.prefix[sub(path, 1, length)], method)
    end

    return found
end


function _M:countEnabled()
    local count = 0
    for _, policy in ipairs(self.all) do
        count = count + (policy.enabled and 1 or 0)
    end

    return count
end


return _M
