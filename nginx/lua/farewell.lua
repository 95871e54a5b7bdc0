-- Before a reload the kept connections are given up in good order: each answer says that it is the last one of its
-- connection. Otherwise a request could arrive just when the old worker closes what it takes for idle, and be lost.
-- HTTP/2 has a farewell of its own.
local ngx = ngx

local SECONDS = 5
local LOOK_EVERY_SECONDS = 0.1
local KEY = "begunAt"

local _M = { isUnderWay = false }
local startedAt


-- Target of the private port.
function _M.begin()
    if ngx.req.get_method() ~= "POST" then
        return ngx.exit(ngx.HTTP_NOT_ALLOWED)
    end

    ngx.shared.kFarewell:set(KEY, ngx.now(), SECONDS)
    return ngx.exit(ngx.HTTP_NO_CONTENT)
end


-- A worker that was started by the reload says farewell to nobody.
local function look()
    local begunAt = ngx.shared.kFarewell:get(KEY)
    _M.isUnderWay = begunAt ~= nil and begunAt >= startedAt
end


function _M.start()
    startedAt = ngx.now()
    assert(ngx.timer.every(LOOK_EVERY_SECONDS, look))
end


function _M.say()
    if ngx.req.http_version() == 1.1 then
        ngx.header["Connection"] = "close"
    end
end


return _M
