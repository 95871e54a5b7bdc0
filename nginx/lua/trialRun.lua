-- One set of policies, tried out: the same matcher, lists, penalty box and script as for traffic, on a clock and a
-- memory of its own. Nothing of it touches what is counted for real.
local addresses = require("addresses")
local caller = require("caller")
local memoryRedis = require("memoryRedis")
local penaltyBox = require("penaltyBox")
local policies = require("policies")
local tokens = require("tokens")
local verdicts = require("verdict")

local floor = math.floor

local SESSION_KEY = "session"
local ADDRESS_BYTES = 16
-- the script counts from here; any moment will do
local EPOCH_SECONDS = 1700000000

local _M = {}
local meta = { __index = _M }


-- What the penalty box needs of shared memory.
local function newDict(world)
    local values, expiry = {}, {}
    local dict = {}

    function dict.get(_, key)
        if expiry[key] and expiry[key] <= world.now then
            values[key], expiry[key] = nil, nil
        end

        return values[key]
    end

    function dict.set(_, key, value, seconds)
        values[key], expiry[key] = value, world.now + seconds
    end

    function dict.incr(_, key, by, initial, seconds)
        if not dict:get(key) then
            dict:set(key, initial, seconds)
        end

        values[key] = values[key] + by
        return values[key]
    end

    function dict.delete(_, key)
        values[key], expiry[key] = nil, nil
    end

    return dict
end


-- A world with these policies, or nil and what is wrong with them.
function _M.new(document)
    local set, err = policies.compile(document)
    if not set then
        return nil, err
    end

    local self = setmetatable({ set = set, now = EPOCH_SECONDS, held = {}, places = {}, made = 0 }, meta)
    self.store = memoryRedis.new(tokens.script)
    self.tokens = tokens.new(self.store)
    self.box = penaltyBox.new(newDict(self), function() return self.now end)
    return self
end


-- who: { address, user?, apiKey? }. The caller as a request would show it, or nil when the address is none.
function _M.callerOf(who)
    local binary = type(who.address) == "string" and addresses.binaryOf(who.address)
    if not binary or #binary ~= ADDRESS_BYTES then
        return nil
    end

    local user = type(who.user) == "string" and "user:" .. who.user or nil
    local apiKey = type(who.apiKey) == "string" and "apiKey:" .. who.apiKey or nil
    return {
        binary = binary,
        whoByAddress = "ip:" .. caller.addressGroup(binary, who.address),
        identity = (user or apiKey) and { user = user or apiKey, apiKey = apiKey or user } or nil,
    }
end


local function freePlaces(self)
    local words, left = {}, {}
    for _, place in ipairs(self.places) do
        local list = place.endsAt <= self.now and words or left
        list[#list + 1] = place.endsAt <= self.now and place.words or place
    end

    self.places = left
    return words
end


local function holdPlaces(self, group, seconds)
    local at = 2
    for _, policy in ipairs(group.plan.policies) do
        if policy.counting == "slots" and group.answer[at + 1] >= 1 then
            local who = caller.whoCounts(policy.scope, group.whoByAddress, group.identity)
            for part = 1, policy.cost do
                self.places[#self.places + 1] = {
                    endsAt = self.now + seconds,
                    words = tokens.slotWords("rate_limit:" .. who .. ":" .. policy.id, group.slot .. ":1:" .. part),
                }
            end
        end
        at = at + 4
    end
end


local function ask(self, plan, by, seconds)
    self.made = self.made + 1
    local group = {
        plan = plan, whoByAddress = by.whoByAddress, identity = by.identity, count = 1, slot = "trial" .. self.made,
        sessionKey = by.identity and SESSION_KEY or nil,
    }
    self.store.values[SESSION_KEY] = "there"
    assert(self.tokens:take({ group }, self.held, freePlaces(self), floor((self.now - EPOCH_SECONDS) * 1000000)))
    if plan.hasSlots and group.answer[1] >= 1 then
        holdPlaces(self, group, seconds)
    end

    return verdicts.of(plan, group.answer, 1)
end


local function boxedUntilOf(self, by)
    local rules = self.set.penaltyBox
    return self.box:untilOf(rules, by.whoByAddress) or by.identity and self.box:untilOf(rules, by.identity.user)
end


-- One request at a moment (seconds of this world, never earlier than the one before) that takes so many seconds.
-- { admitted, plan?, refusedBy?, shadowRefusedBy? }; without a plan no policy matched, or a list decided.
function _M:judge(method, path, by, moment, seconds)
    self.now = math.max(self.now, EPOCH_SECONDS + moment)
    self.store:setTime(self.now * 1000)
    local listed = self.set.addresses:verdictOn(by.binary)
    if listed then
        return { admitted = listed == "allow" }
    end

    local plan = self.set:match(method, path)
    if not plan then
        return { admitted = true }
    end
    if boxedUntilOf(self, by) then
        return { admitted = false }
    end

    local said = ask(self, plan, by, seconds)
    said.plan = plan
    if not said.admitted then
        self.box:noteRefusal(self.set.penaltyBox, said, by.whoByAddress, by.identity and by.identity.user)
    end
    return said
end


return _M
