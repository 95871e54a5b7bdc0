-- Whoever lets a body trickle in holds a connection for long: one address holds so many of them and no more. Says for
-- whom the body of a request counts in limit_conn (conf.d/limits.conf). Requests without a body count for nobody, nor
-- does the body that a GET of HTTP/2 brings without a length: nginx does not tell of it.
local WITHOUT_BODY = { GET = true, HEAD = true, OPTIONS = true }

local _M = {}


-- Whether more has to be looked at. hasBody: whether the header speaks of one.
function _M.mayHaveBody(method, hasBody)
    return hasBody or not WITHOUT_BODY[method]
end


-- Within HTTP/2 a body needs no word in the header.
function _M.count(var, hasBody)
    local isWithoutWord = not hasBody and var.server_protocol ~= "HTTP/2.0"
    local isEmpty = hasBody and var.content_length == "0" and not var.http_transfer_encoding
    if not isWithoutWord and not isEmpty then
        var.kSender = var.kNetwork
    end
end


return _M
