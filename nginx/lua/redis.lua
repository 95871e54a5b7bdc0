-- Speaks RESP with one Redis over a pooled cosocket. Knows bytes and time-outs, not what they are for.
-- A reply, or nil and a message when Redis cannot be reached in time, or false and a message when it refused.
local ngx = ngx
local concat, tostring, tonumber = table.concat, tostring, tonumber
local sub, byte = string.sub, string.byte
local tcp = ngx.socket.tcp

local POOL_SIZE = 128
local POOL_IDLE_MS = 60000
local MAX_DEPTH = 8

local _M = {}
local meta = { __index = _M }

_M.null = ngx.null


function _M.new(address, timeoutMs)
    return setmetatable({ address = address, timeoutMs = timeoutMs }, meta)
end


local function encode(command)
    local parts = { "*", #command, "\r\n" }
    local size = 3
    for index = 1, #command do
        local argument = tostring(command[index])
        parts[size + 1] = "$"
        parts[size + 2] = #argument
        parts[size + 3] = "\r\n"
        parts[size + 4] = argument
        parts[size + 5] = "\r\n"
        size = size + 5
    end

    return concat(parts, "", 1, size)
end


local readReply


local function readBulk(socket, length)
    if length < 0 then
        return ngx.null
    end

    local data, err = socket:receive(length + 2)
    if not data then
        return nil, err
    end

    return sub(data, 1, length)
end


local function readArray(socket, count, depth)
    if count < 0 then
        return ngx.null
    end
    if depth > MAX_DEPTH then
        return nil, "reply nested too deeply"
    end

    local items = {}
    for index = 1, count do
        local item, err = readReply(socket, depth + 1)
        if item == nil then
            return nil, err
        end
        items[index] = item == false and { refused = err } or item
    end

    return items
end


function readReply(socket, depth)
    local line, err = socket:receive("*l")
    if not line then
        return nil, err
    end

    local kind, rest = byte(line), sub(line, 2)
    if kind == 58 then -- :
        return tonumber(rest)
    elseif kind == 36 then -- $
        return readBulk(socket, tonumber(rest))
    elseif kind == 42 then -- *
        return readArray(socket, tonumber(rest), depth)
    elseif kind == 43 then -- +
        return rest
    elseif kind == 45 then -- -
        return false, rest
    end

    return nil, "not a Redis reply"
end


local function exchange(socket, command)
    local sent, err = socket:send(encode(command))
    if not sent then
        return nil, err
    end

    return readReply(socket, 1)
end


local function introduce(socket, address)
    if address.password then
        local login = address.user and { "AUTH", address.user, address.password } or { "AUTH", address.password }
        local reply, err = exchange(socket, login)
        if not reply then
            return nil, err
        end
    end

    if address.database ~= 0 then
        local reply, err = exchange(socket, { "SELECT", address.database })
        if not reply then
            return nil, err
        end
    end

    return true
end


-- A connection that is ready for commands; give it back with `release`, or close it after a fault.
function _M:open()
    local address = self.address
    local socket = tcp()
    socket:settimeouts(self.timeoutMs, self.timeoutMs, self.timeoutMs)

    local connected, err
    if address.port then
        connected, err = socket:connect(address.host, address.port)
    else
        connected, err = socket:connect(address.host)
    end
    if not connected then
        return nil, err
    end

    if socket:getreusedtimes() == 0 then
        local introduced, introduceErr = introduce(socket, address)
        if not introduced then
            socket:close()
            return nil, introduceErr
        end
    end

    return setmetatable({ socket = socket }, { __index = _M.connection })
end


_M.connection = {}


function _M.connection:call(command)
    local reply, err = exchange(self.socket, command)
    if reply == nil then
        self.socket:close()
        self.isBroken = true
    end

    return reply, err
end


function _M.connection:release()
    if self.isBroken then
        return
    end

    self.socket:setkeepalive(POOL_IDLE_MS, POOL_SIZE)
end


-- One command on a connection of its own.
function _M:call(command)
    local connection, err = self:open()
    if not connection then
        return nil, err
    end

    local reply, replyErr = connection:call(command)
    connection:release()
    return reply, replyErr
end


return _M
