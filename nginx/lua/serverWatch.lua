-- Knows which of our servers takes connections and says nothing: a process that hangs. While it is silent nobody waits
-- for it. One a worker. A request without an answer only raises the suspicion, since some work is slow; a question that
-- every living server answers at once confirms it, and the same question tells when the server speaks again.
local faults = require("faults")
local metrics = require("metrics")
local question = require("question")
local requestId = require("requestId")
local settings = require("settings")

local ngx = ngx
local sub = string.sub

local CONNECT_MS, ANSWER_MS = 1000, 2000
local ASK_EVERY_SECONDS = 0.5
local TIMES_SILENT = 2
-- a caller that leaves earlier than this says nothing about the server
local GAVE_UP_SECONDS = 3
local API, ADMIN = "/api/", "/api/admin/"

local _M = { isAnySilent = false }
local servers = {
    public = { addresses = settings.publicServers, isSilent = false, isAsked = false },
    admin = { addresses = settings.adminServers, isSilent = false, isAsked = false },
}


local function nameOf(path)
    return sub(path, 1, #ADMIN) == ADMIN and "admin" or "public"
end


-- One that refuses the connection is not silent: it costs nobody any time.
local function speaks(address)
    local status, err = question.ask(address, "/health/live", requestId.generate(), CONNECT_MS, ANSWER_MS)
    return status ~= nil or err ~= "timeout"
end


local function anySpeaks(addresses)
    for _, address in ipairs(addresses) do
        if speaks(address) then
            return true
        end
    end

    return #addresses == 0
end


local function set(name, isSilent)
    if servers[name].isSilent == isSilent then
        return
    end

    servers[name].isSilent = isSilent
    _M.isAnySilent = servers.public.isSilent or servers.admin.isSilent
    local line = 'gateway_server_silent{server="' .. name .. '",worker="' .. ngx.worker.id() .. '"}'
    metrics.gauge(line, isSilent and 1 or 0)
    local news = isSilent and " server takes connections and does not answer" or " server answers again"
    faults.tell("the " .. name .. news)
end


local function watch(isPremature, name)
    local timesSilent = 0
    while not isPremature and not ngx.worker.exiting() and not anySpeaks(servers[name].addresses) do
        timesSilent = timesSilent + 1
        if timesSilent >= TIMES_SILENT then
            set(name, true)
        end
        ngx.sleep(ASK_EVERY_SECONDS)
    end

    servers[name].isAsked = false
    set(name, false)
end


-- A request was not answered in time (504), or its caller did not want to wait any longer (499).
function _M.suspect(path, status, seconds)
    local name = nameOf(path)
    if servers[name].isAsked or (status ~= 504 and seconds < GAVE_UP_SECONDS) then
        return
    end

    servers[name].isAsked = ngx.timer.at(0, watch, name) or false
end


-- Pages and the gateway's own answers need no server.
function _M.isSilentFor(path)
    return sub(path, 1, #API) == API and servers[nameOf(path)].isSilent
end


return _M
