-- Whose a credential is, as Redis said it last: kept in this worker, for a bounded number of credentials. What is
-- known here is never believed by itself: the limiter's one call asks each time whether the copy is still there.
-- What nobody knew stays unknown for a moment, and who shows many such credentials is not looked up for a while.
local ngx = ngx

local MOST_REMEMBERED = 20000
local UNKNOWN_SECONDS = 0.5
local MOST_UNKNOWN_A_SECOND = 20

local _M = { UNKNOWN_SECONDS = UNKNOWN_SECONDS }
local meta = { __index = _M }


function _M.new()
    return setmetatable({ known = {}, knownCount = 0, unknown = {}, unknownCount = 0, misses = {}, second = 0 }, meta)
end


-- { user, apiKey, expiresAt }; false when it was unknown a moment ago; nil when Redis has to be asked.
function _M:recall(sessionKey)
    local identity = self.known[sessionKey]
    if identity and identity.expiresAt > ngx.time() then
        return identity
    end

    local unknownUntil = self.unknown[sessionKey]
    if unknownUntil and unknownUntil > ngx.now() then
        return false
    end

    return nil
end


-- Whether a credential that is not known here may be looked up for this address now.
function _M:mayAsk(whoByAddress)
    local second = ngx.time()
    if second ~= self.second then
        self.second, self.misses = second, {}
    end

    return (self.misses[whoByAddress] or 0) < MOST_UNKNOWN_A_SECOND
end


function _M:remember(sessionKey, identity)
    if self.knownCount >= MOST_REMEMBERED then
        self.known, self.knownCount = {}, 0
    end

    if not self.known[sessionKey] then
        self.knownCount = self.knownCount + 1
    end
    self.known[sessionKey] = identity
    self.unknown[sessionKey] = nil
end


-- It has no copy: whether it ended or never was one, it is nobody's.
function _M:forget(sessionKey, whoByAddress)
    if self.known[sessionKey] then
        self.known[sessionKey] = nil
        self.knownCount = self.knownCount - 1
    end
    if self.unknownCount >= MOST_REMEMBERED then
        self.unknown, self.unknownCount = {}, 0
    end

    self.unknownCount = self.unknownCount + 1
    self.unknown[sessionKey] = ngx.now() + UNKNOWN_SECONDS
    if self:mayAsk(whoByAddress) then
        self.misses[whoByAddress] = (self.misses[whoByAddress] or 0) + 1
    end
end


return _M
