-- Decides what of a request may go further: names that only the gateway may speak are dropped, and a path that two
-- programs could read differently is refused.
local base = require("resty.core.base")
local ffi = require("ffi")

local ngx = ngx
local find, lower, match, sub = string.find, string.lower, string.match, string.sub
local reFind = ngx.re.find

-- a backslash, a semicolon, a fragment, or what is no printable ASCII
local UNFIT = [=[[^!-~]|[\\;#]]=]

-- whoever says these from outside claims to be a proxy, an identity or another address
local DROPPED = {
    ["forwarded"] = true, ["x-real-ip"] = true, ["x-client-ip"] = true, ["x-cluster-client-ip"] = true,
    ["true-client-ip"] = true, ["x-true-client-ip"] = true, ["client-ip"] = true, ["x-originating-ip"] = true,
    ["x-remote-ip"] = true, ["x-remote-addr"] = true, ["remote-addr"] = true, ["x-client-address"] = true,
    ["cf-connecting-ip"] = true, ["cf-connecting-ipv6"] = true, ["cf-ipcountry"] = true, ["fastly-client-ip"] = true,
    ["fly-client-ip"] = true, ["proxy-client-ip"] = true, ["wl-proxy-client-ip"] = true, ["x-azure-clientip"] = true,
    ["x-azure-socketip"] = true, ["x-real-host"] = true, ["x-host"] = true, ["x-rewrite-url"] = true,
    ["x-http-method-override"] = true, ["x-http-method"] = true, ["x-method-override"] = true,
    ["x-http-path-override"] = true, ["front-end-https"] = true, ["x-url-scheme"] = true, ["x-scheme"] = true,
    ["remote-user"] = true, ["x-proxy-user"] = true, ["x-account"] = true, ["x-account-id"] = true,
    ["x-tenant"] = true, ["x-tenant-id"] = true, ["x-role"] = true, ["x-roles"] = true, ["x-scope"] = true,
    ["x-scopes"] = true, ["x-groups"] = true, ["x-group"] = true, ["x-permissions"] = true, ["x-email"] = true,
    ["x-username"] = true, ["x-principal"] = true, ["x-subject"] = true, ["x-admin"] = true, ["x-session"] = true,
    ["x-session-id"] = true, ["x-actor"] = true, ["x-actor-id"] = true, ["x-client-cert"] = true,
    ["client-cert"] = true, ["client-cert-chain"] = true, ["x-tls-client-cert"] = true, ["proxy"] = true,
    ["proxy-connection"] = true,
    ["proxy-authorization"] = true, ["via"] = true, ["trailer"] = true, ["http2-settings"] = true,
}
local DROPPED_PREFIXES = {
    "x-forwarded", "x-k-", "x-user", "x-auth", "x-remote-user", "x-original", "x-identity", "x-ssl-", "x-envoy-",
    "x-consumer-", "x-webauth-", "x-ms-client-principal", "x-amzn-oidc-", "x-goog-authenticated-user", "x-jwt-",
}
local MOST_REMEMBERED, LONGEST_REMEMBERED = 2000, 256
local METHODS = { GET = true, HEAD = true, POST = true, PUT = true, PATCH = true, DELETE = true, OPTIONS = true }
local WITHOUT_BODY = { GET = true, HEAD = true, OPTIONS = true }

local MOST_HEADERS = 64
local hasFields, fields = pcall(ffi.new, "ngx_http_lua_ffi_table_elt_t[?]", MOST_HEADERS)
local wasCut = ffi.new("int[1]")

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


-- What a name is to us, by how it was written: dropped, read here, or neither. Callers choose names, so only so many
-- are remembered.
local DROP, ID, AUTHORIZATION, COOKIE, BODY, NEITHER = 1, 2, 3, 4, 5, 6
local READ = {
    ["x-request-id"] = ID, ["authorization"] = AUTHORIZATION, ["cookie"] = COOKIE, ["content-length"] = BODY,
    ["transfer-encoding"] = BODY,
}
local judged, judgedCount = {}, 0


local function kindOf(name)
    local written = lower(name)
    return isDropped(written) and DROP or READ[written] or NEITHER
end


local function kindAsWritten(name)
    if #name > LONGEST_REMEMBERED then
        return kindOf(name)
    end

    local known = judged[name]
    if known then
        return known
    end

    if judgedCount >= MOST_REMEMBERED then
        judged, judgedCount = {}, 0
    end
    known = kindOf(name)
    judged[name] = known
    judgedCount = judgedCount + 1
    return known
end


-- How many there are, and they are in `fields`; nil when they are too many.
local function fetchFields()
    local request = base.get_request()
    local count = ffi.C.ngx_http_lua_ffi_req_get_headers_count(request, 0, wasCut)
    if count <= 0 then
        return count == 0 and 0 or nil
    end

    local isFetched = count <= MOST_HEADERS
        and ffi.C.ngx_http_lua_ffi_req_get_headers(request, fields, count, 1) == 0
    return isFetched and count or nil
end


local function readSlowly()
    local dropped = {}
    for name in pairs(ngx.req.get_headers(0, true)) do
        if kindAsWritten(name) == DROP then
            dropped[#dropped + 1] = name
        end
    end

    return dropped, true, true, true, true
end


-- Through the door that lua-resty-core itself uses: the names only, without a table of all values at each request.
local function readQuickly()
    local count = fetchFields()
    if not count then
        return readSlowly()
    end

    local dropped, hasId, hasBody, authorization, cookie
    for index = 0, count - 1 do
        local name = ffi.string(fields[index].key.data, fields[index].key.len)
        local kind = kindAsWritten(name)
        if kind == DROP then
            dropped = dropped or {}
            dropped[#dropped + 1] = name
        elseif kind == ID then
            hasId = true
        elseif kind == AUTHORIZATION then
            authorization = authorization and true or index
        elseif kind == COOKIE then
            cookie = cookie and true or index
        elseif kind == BODY then
            hasBody = true
        end
    end

    return dropped, hasId, hasBody, authorization, cookie
end


local read


-- The first request tells whether this version of the module has that door.
local function readFirst()
    local hasDoor = hasFields and pcall(readQuickly)
    read = hasDoor and readQuickly or readSlowly
    return read()
end

read = readFirst


-- Reads the names of the header once: those to drop (nil when there are none), whether there may be an id and a body,
-- and the same of an authorization and a cookie: nil, the place for `valueAt` where it stands once, or true. A variable
-- that is asked for a header and finds none costs more than this.
function _M.readNames()
    return read()
end


-- The bytes of the value at a place that `readNames` told, and how many: there until the request waits for something.
function _M.valueAt(place)
    local value = fields[place].value
    return value.data, tonumber(value.len)
end


function _M.drop(names)
    for index = 1, names and #names or 0 do
        ngx.req.clear_header(names[index])
    end
end


-- What was asked: an error page makes every method a GET.
function _M.methodAsked(var)
    return match(var.request or "", "^([A-Z_-]+) ") or ""
end


function _M.rememberMethod(var)
    var.kMethod = _M.methodAsked(var)
end


function _M.isKnownMethod(method)
    return METHODS[method] == true
end


-- Whether it brings a body though its method has none: what that means, no two programs agree on.
function _M.hasBodyInVain(var, method)
    if not WITHOUT_BODY[method] then
        return false
    end

    local length = var.http_content_length
    return var.http_transfer_encoding ~= nil or length ~= nil and tonumber(length) ~= 0
end


-- Bytes that are not UTF-8 become something else in the servers, and two paths the same one.
local function isUtf8(text)
    local position, length = 1, #text
    while position <= length do
        local _, last = find(text, "^[%z\1-\127]+", position)
        if not last then
            _, last = find(text, "^[\194-\223][\128-\191]", position)
        end
        if not last then
            _, last = find(text, "^[\224-\239][\128-\191][\128-\191]", position)
        end
        if not last then
            _, last = find(text, "^[\240-\244][\128-\191][\128-\191][\128-\191]", position)
        end
        if not last then
            return false
        end
        position = last + 1
    end

    -- longer than it had to be, half of a pair, or beyond the last character
    return not find(text, "\224[\128-\159]") and not find(text, "\237[\160-\191]")
        and not find(text, "\240[\128-\143]") and not find(text, "\244[\144-\191]")
end


local fit, fitCount = {}, 0
local API, CHECKOUT, STREAM = "/api/", "/checkout", "^/api/payment/payments/[^/]+/events$"


local function makeRoom()
    if fitCount >= MOST_REMEMBERED then
        fit, fitCount = {}, 0
    end
    fitCount = fitCount + 1
end


-- What a request is by its first line, if one with the same line was found fit before: { method, path, logged }.
function _M.recall(line)
    return fit[line]
end


-- The same for the first of them. What is remembered goes into the log as it is, so its path is the very text that was
-- sent, without a query; and the last part of a checkout's address is the only key to it. Who waits for the events of a
-- payment asks once and holds what is written for him: nginx can write it at the end.
function _M.remember(line, method, requestUri, path)
    local request = { method = method, path = path }
    if requestUri ~= path or #line > LONGEST_REMEMBERED or sub(path, 1, #API) ~= API
        or find(lower(path), CHECKOUT, 1, true) or find(path, '"', 1, true) or find(path, STREAM) then
        return request
    end

    makeRoom()
    request.logged = {}
    fit[line] = request
    return request
end


-- What the log says of such a request and of the verdict on it, written for $kLogged.
function _M.loggedAs(request, outcome, policyId)
    local byPolicy = request.logged[outcome] or {}
    request.logged[outcome] = byPolicy
    local known = byPolicy[policyId]
    if not known then
        makeRoom()
        known = request.method .. '","path":"' .. request.path .. '","verdict":"' .. outcome .. '","policy":"'
            .. policyId
        byPolicy[policyId] = known
    end

    return known
end


-- nginx decides by the decoded path, the servers decode the one that was sent: both must mean the same. A semicolon
-- begins parameters for some programs, and a fragment has no business here.
function _M.isPlainPath(requestUri, decodedPath)
    local question = find(requestUri, "?", 1, true)
    local sent = question and sub(requestUri, 1, question - 1) or requestUri
    if reFind(sent, UNFIT, "jo") then
        return false
    end
    if sent == decodedPath then
        return true
    end

    local text = lower(sent)
    local isTricky = find(text, "//", 1, true) or find(text, "/%.%.?/") or find(text, "/%.%.?$")
        or find(text, "%%2[ef]") or find(text, "%%5c") or find(text, "%%25") or find(text, "%%[01]%x")
        or find(text, "%%3b") or find(text, "%%7f")
    return not isTricky and isUtf8(decodedPath)
end


return _M
