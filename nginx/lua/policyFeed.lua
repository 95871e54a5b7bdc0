-- Keeps this worker's policies those that KSysAdmin published last. A set that cannot be used is refused whole and
-- loudly, and the last good one stays; a new or restarted worker begins with the last good one of this node.
local metrics = require("metrics")
local policies = require("policies")

local ngx = ngx
local tostring = tostring

local VERSION_KEY = "kadmin:ratelimit:version"
local DOCUMENT_KEY = "kadmin:ratelimit:policies"
local LAST_GOOD = "lastGood"

local _M = {}
local meta = { __index = _M }


local function startingSet(dict, defaults)
    local text = dict:get(LAST_GOOD)
    local known = text and policies.parse(text)
    return known or assert(policies.compile(defaults))
end


function _M.new(redis, dict, defaults)
    return setmetatable({
        redis = redis, dict = dict, current = startingSet(dict, defaults), refusedText = nil,
        publishedVersion = nil, epoch = "none",
    }, meta)
end


local function report(level, ...)
    ngx.log(level, "limits: ", ...)
end


function _M:take(text)
    local set, err = policies.parse(text)
    if not set and text ~= self.refusedText then
        self.refusedText = text
        metrics.observePoliciesRefused()
        report(ngx.ERR, "the published policies are refused, version ", self.current.version, " stays: ", err)
    end
    if not set then
        return
    end

    self.refusedText = nil
    self.current = set
    self.dict:set(LAST_GOOD, text)
    metrics.gauge('gateway_policies_version{worker="' .. ngx.worker.id() .. '"}', set.version)
    report(ngx.NOTICE, "version ", set.version, " with ", set:countEnabled(), " policies is in force")
end


-- One look at the version; the document travels only when that has changed. True, or nil and why Redis did not answer.
function _M:refresh()
    local version, err = self.redis:call({ "GET", VERSION_KEY })
    if not version then
        return nil, tostring(err)
    end
    -- a flushed or changed Redis begins a new epoch: what was blocked in the old one is worth nothing
    self.epoch = version == ngx.null and "none" or version
    if version == ngx.null or version == self.publishedVersion then
        return true
    end

    local published, documentErr = self.redis:call({ "MGET", VERSION_KEY, DOCUMENT_KEY })
    if not published then
        return nil, tostring(documentErr)
    end
    if published[2] ~= ngx.null then
        self:take(published[2])
        self.publishedVersion = published[1]
    end

    return true
end


return _M
