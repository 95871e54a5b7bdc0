-- Tells what our own code did wrong. Not by ngx.log: nginx would add the whole request line, with whatever secret the
-- query holds. The line goes where nginx's own lines go.
local ngx = ngx
local format = string.format

local LINES_A_SECOND = 10

local _M = {}
local second, told = 0, 0


local function isTooMuch()
    local now = math.floor(ngx.now())
    if now ~= second then
        second, told = now, 0
    end

    told = told + 1
    return told > LINES_A_SECOND
end


function _M.tell(text)
    if isTooMuch() then
        return
    end

    io.stderr:write(format("%s [error] %d#0: gateway: %s\n", ngx.localtime(), ngx.worker.pid(), text))
end


-- Runs one phase of a request and gives what it says; what fails there is told and answered with 500.
function _M.guard(phase, one, two, three, four, five)
    local isWhole, said = pcall(phase, one, two, three, four, five)
    if isWhole then
        return said
    end

    _M.tell(tostring(said))
    if ngx.get_phase() ~= "log" then
        return ngx.exit(ngx.HTTP_INTERNAL_SERVER_ERROR)
    end
end


return _M
