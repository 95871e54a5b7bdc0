-- Sends a caller on to another address: with the request's id, as on every answer of this gateway.
local inbound = require("inbound")
local requestId = require("requestId")
local settings = require("settings")

local ngx = ngx

local _M = {}


function _M.toSignIn()
    requestId.current()
    return ngx.redirect("/auth/", ngx.HTTP_MOVED_TEMPORARILY)
end


function _M.toFolder()
    requestId.current()
    return ngx.redirect(ngx.var.uri .. "/", ngx.HTTP_MOVED_PERMANENTLY)
end


-- From plain HTTP to TLS: method and body are sent again, and to the platform's own name wherever it is known.
function _M.toTls()
    local var = ngx.var
    inbound.rememberMethod(var)
    requestId.current()
    local origin = settings.tlsOrigin or ("https://" .. var.host .. ":" .. settings.tlsPort)
    return ngx.redirect(origin .. var.request_uri, ngx.HTTP_PERMANENT_REDIRECT)
end


return _M
