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


-- One word of a command as it travels; what is sent again and again is kept in this form.
function _M.word(value)
    local text = tostring(value)
    return "$" .. #text .. "\r\n" .. text .. "\r\n"
end


local function encode(command)
    local parts = { "*" .. #command .. "\r\n" }
    for index = 1, #command do
        parts[index + 1] = _M.word(command[index])
    end

    return concat(parts)
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


local function exchange(socket, text)
    local sent, err = socket:send(text)
    if not sent then
        return nil, err
    end

    return readReply(socket, 1)
end


local function introduce(socket, address)
    if address.password then
        local login = address.user and { "AUTH", address.user, address.password } or { "AUTH", address.password }
        local reply, err = exchange(socket, encode(login))
        if not reply then
            return nil, err
        end
    end

    if address.database ~= 0 then
        local reply, err = exchange(socket, encode({ "SELECT", address.database }))
        if not reply then
            return nil, err
        end
    end

    return true
end


local connection = {}
local connectionMeta = { __index = connection }


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

    return setmetatable({ socket = socket, address = address }, connectionMeta)
end


-- One command that is already in the form in which it travels: text, or a list of texts.
function connection:exchange(text)
    local reply, err = exchange(self.socket, text)
    if reply == nil then
        self.socket:close()
        self.isBroken = true
    end

    return reply, err
end


function connection:call(command)
    return self:exchange(encode(command))
end


function connection:release()
    if self.isBroken then
        return
    end

    self.socket:setkeepalive(POOL_IDLE_MS, POOL_SIZE)
end


-- One command on a connection of its own.
function _M:call(command)
    local opened, err = self:open()
    if not opened then
        return nil, err
    end

    local reply, replyErr = opened:call(command)
    opened:release()
    return reply, replyErr
end


return _M
