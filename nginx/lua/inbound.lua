-- Decides what of a request may go further: names that only the gateway may speak are dropped, and a path that two
-- programs could read differently is refused.
local ngx = ngx
local find, lower, sub = string.find, string.lower, string.sub

-- whoever says these from outside claims to be a proxy, an identity or another address
local DROPPED = {
    ["forwarded"] = true, ["x-real-ip"] = true, ["x-client-ip"] = true, ["x-cluster-client-ip"] = true,
    ["true-client-ip"] = true, ["cf-connecting-ip"] = true, ["fastly-client-ip"] = true, ["x-original-url"] = true,
    ["x-original-uri"] = true, ["x-original-host"] = true, ["x-rewrite-url"] = true, ["x-host"] = true,
    ["x-http-method-override"] = true, ["x-http-method"] = true, ["x-method-override"] = true,
    ["x-remote-user"] = true, ["remote-user"] = true, ["x-user"] = true, ["x-user-id"] = true, ["proxy"] = true,
    ["x-authenticated-user"] = true, ["x-client-cert"] = true, ["via"] = true,
}
local DROPPED_PREFIXES = { "x-forwarded", "x-k-", "x-auth-", "x-ssl-", "x-envoy-" }

local _M = {}


local function isDropped(name)
    if DROPPED[name] or find(name, "_", 1, true) then
        return true
    end

    for index = 1, #DROPPED_PREFIXES do
        local prefix = DROPPED_PREFIXES[index]
        if sub(name, 1, #prefix) == prefix then
            return true
        end
    end

    return false
end


function _M.cleanHeaders()
    for name in pairs(ngx.req.get_headers(0)) do
        if isDropped(name) then
            ngx.req.clear_header(name)
        end
    end
end


-- nginx decides by the decoded path, the servers decode the one that was sent: both must mean the same.
function _M.isPlainPath(requestUri, decodedPath)
    local question = find(requestUri, "?", 1, true)
    local sent = question and sub(requestUri, 1, question - 1) or requestUri
    if sent == decodedPath then
        return true
    end

    local text = lower(sent)
    local isTricky = find(text, "//", 1, true) or find(text, "/%.%.?/") or find(text, "/%.%.?$")
        or find(text, "%%2[ef]") or find(text, "%%5c") or find(text, "%%25") or find(text, "%%[01]%x")
        or find(text, "%%7f") or find(text, "\\", 1, true) or find(text, "[^\33-\126]")
    return not isTricky
end


return _M
