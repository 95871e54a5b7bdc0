-- Asks one of our servers something of the gateway's own, on a connection of its own: nothing of the request that gave
-- the occasion goes along. (A subrequest would not do: within HTTP/2 the Lua module makes none.)
local ngx = ngx
local find, format, lower, match = string.find, string.format, string.lower, string.match

local REQUEST = "GET %s HTTP/1.1\r\nHost: localhost\r\nX-Request-ID: %s\r\nConnection: close\r\n\r\n"
local LARGEST_BODY = 65536

local _M = {}


local function readHead(socket)
    local line, err = socket:receive("*l")
    local status = line and tonumber(match(line, "^HTTP/1%.[01] (%d%d%d)"))
    if not status then
        return nil, err or "no answer of a server"
    end

    local length
    repeat
        line, err = socket:receive("*l")
        if line and find(lower(line), "content-length:", 1, true) == 1 then
            length = tonumber(match(line, "(%d+)%s*$"))
        end
    until not line or line == ""
    return status, line and (length or 0) or err
end


local function exchange(socket, path, requestId)
    local isSent, err = socket:send(format(REQUEST, path, requestId))
    if not isSent then
        return nil, err
    end

    local status, lengthOrErr = readHead(socket)
    if not status or type(lengthOrErr) ~= "number" or lengthOrErr > LARGEST_BODY then
        return nil, lengthOrErr
    end

    return status, lengthOrErr > 0 and socket:receive(lengthOrErr) or ""
end


-- The status and the body (nil when it stopped half way), or nil and a message; "timeout" says that nothing came.
function _M.ask(address, path, requestId, connectMs, answerMs)
    local socket = ngx.socket.tcp()
    socket:settimeouts(connectMs, connectMs, answerMs)
    local isConnected, err = socket:connect(address.host, address.port)
    if not isConnected then
        return nil, err
    end

    local status, bodyOrErr = exchange(socket, path, requestId)
    socket:close()
    return status, bodyOrErr
end


return _M
