-- Finds out which of several Redis is the primary, by asking each for its role. Knows nothing of what they hold.
local redis = require("redis")

local ngx = ngx

local _M = {}


-- The replication offset of a primary; false when the server is something else; nil and a message when it is away.
local function offsetOf(client)
    local role, err = client:call({ "ROLE" })
    if not role then
        return nil, tostring(err)
    end

    return role[1] == "master" and (tonumber(role[2]) or 0)
end


-- The address of the primary, or nil and a message. Of several that say so the one that has come furthest: who was
-- away meanwhile and believes to be it still is behind.
function _M.find(addresses, timeoutMs)
    local found, furthest, lastErr
    for _, address in ipairs(addresses) do
        local offset, err = offsetOf(redis.new(address, timeoutMs))
        lastErr = err or lastErr
        if offset and (not furthest or offset > furthest) then
            found, furthest = address, offset
        end
    end
    if not found then
        return nil, lastErr or "no Redis says that it is the primary"
    end

    return found
end


-- Sees to it that the client asks the primary. It stays with the one it has for as long as that says it is one, so
-- an old primary that returns takes nobody back.
function _M.follow(client, addresses, timeoutMs)
    if client.isLooking or (client.isPlaced and offsetOf(client)) then
        return
    end

    client.isLooking = true
    local found = _M.find(addresses, timeoutMs)
    client.isLooking = false
    client.isPlaced = client.isPlaced or found ~= nil
    if found and found ~= client.address then
        client.address = found
        ngx.log(ngx.WARN, "limits: Redis is now at ", found.host, ":", found.port)
    end
end


return _M
