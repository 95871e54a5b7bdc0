-- What this gateway was told at start: runtime/gatewaySettings.lua, checked once, in the master process.
local ffi = require("ffi")
local given = require("gatewaySettings")

ffi.cdef([[char *realpath(const char *path, char *resolved); void free(void *pointer);]])

local _M = {}


local function absolute(path)
    local resolved = ffi.C.realpath(path, nil)
    if resolved == nil then
        error("gateway: " .. path .. " does not exist; start nginx from the project's root or use scripts/up")
    end

    local text = ffi.string(resolved)
    ffi.C.free(resolved)
    return text
end


local function parseHost(address)
    local host, port = address:match("^(%[.+%]):?(%d*)$")
    if not host then
        host, port = address:match("^([^:]+):?(%d*)$")
    end
    if not host then
        error("gateway: REDIS_URL is not understood: it names no host")
    end

    return host, tonumber(port) or 6379
end


-- redis://[user[:password]@]host[:port][,host[:port]...][/database] or unix:///path[?db=n]: one address or several, of
-- which one is the primary
local function parseRedisUrl(url)
    local socketPath, socketDatabase = url:match("^unix://([^?]+)%??d?b?=?(%d*)$")
    if socketPath then
        return { { host = "unix:" .. socketPath, database = tonumber(socketDatabase) or 0 } }
    end

    local authority, database = url:match("^redis://([^/?]+)/?(%d*)")
    if not authority then
        error("gateway: REDIS_URL is not understood: it must begin with redis:// or unix://")
    end

    local login, places = authority:match("^(.*)@(.+)$")
    local user, password = (login or ""):match("^([^:]*):?(.*)$")
    local addresses = {}
    for place in (places or authority):gmatch("[^,]+") do
        local host, port = parseHost(place)
        addresses[#addresses + 1] = {
            host = host,
            port = port,
            database = tonumber(database) or 0,
            user = user ~= "" and ngx.unescape_uri(user) or nil,
            password = password ~= "" and ngx.unescape_uri(password) or nil,
        }
    end

    return addresses
end


-- host:port, host:port
local function parseServers(texts)
    local servers = {}
    for index, text in ipairs(texts or {}) do
        local host, port = text:match("^(.+):(%d+)$")
        servers[index] = { host = host, port = tonumber(port) }
    end

    return servers
end


-- A name may stand for several addresses.
local function maySeveralAnswer(servers)
    local host = servers[1] and servers[1].host or ""
    return servers[2] ~= nil or host:find("[^%d.]") ~= nil and host:sub(1, 1) ~= "["
end


local folder = absolute(debug.getinfo(1, "S").source:match("^@(.*)/[^/]+$"))

_M.luaFolder = folder
_M.webRoot = given.webRoot or folder:match("^(.*)/lua$") .. "/www"
_M.redisAddresses = parseRedisUrl(given.redisUrl)
_M.redis = _M.redisAddresses[1]
_M.nodes = math.max(1, tonumber(given.nodes) or 1)
_M.hasSecureCookies = given.hasSecureCookies == true
_M.publicServers = parseServers(given.publicServers)
_M.adminServers = parseServers(given.adminServers)
_M.maySeveralAnswer = maySeveralAnswer(_M.publicServers) or maySeveralAnswer(_M.adminServers)
_M.tlsOrigin = given.tlsOrigin
_M.tlsPort = given.tlsPort
_M.instanceId = given.instanceId or "unnamed"

return _M
