-- Writes the errors this gateway makes itself: problem+json with the request's id, and SNAP's own form for the bank.
local cjson = require("cjson.safe")
local inbound = require("inbound")
local requestId = require("requestId")

local ngx = ngx
local find, gsub, match, sub = string.find, string.gsub, string.match, string.sub

local BANK = "/api/payment/bri/"
local RETRY_AFTER_SECONDS = 2

-- SNAP: answers of the bank's routes are { responseCode, responseMessage }, never problem+json.
local SERVICE_CODES = {
    ["/access%-token/b2b$"] = "73",
    ["/transfer%-va/inquiry$"] = "24",
    ["/transfer%-va/payment$"] = "25",
    ["/transfer%-va/notify%-payment%-intrabank$"] = "34",
    ["/qr%-dynamic/qr%-mpm%-notify$"] = "52",
}

local KNOWN = {
    [400] = { "gateway.badRequest", "The request is not well formed" },
    [403] = { "gateway.forbidden", "This address may not come here" },
    [404] = { "gateway.notFound", "There is nothing at this address" },
    [405] = { "gateway.methodNotAllowed", "This method is not possible here" },
    [408] = { "gateway.requestTimeout", "The request took too long to arrive" },
    [413] = { "gateway.contentTooLarge", "The request is larger than is allowed here" },
    [414] = { "gateway.uriTooLong", "The address of the request is too long" },
    [416] = { "gateway.rangeNotSatisfiable", "The range asked for does not exist" },
    [429] = { "gateway.rateLimited", "Too many requests" },
    [431] = { "gateway.headersTooLarge", "The header fields of the request are too large" },
    [500] = { "gateway.internalError", "The gateway failed" },
    [502] = { "gateway.badUpstream", "The server gave no valid answer" },
    [503] = { "gateway.unavailable", "The server is not available at the moment" },
    [504] = { "gateway.upstreamTimeout", "The server did not answer in time" },
}
local STATUS_OF = { [495] = 400, [496] = 400 }

local _M = {}


local function pathOf(requestUri)
    local question = find(requestUri, "?", 1, true)
    return question and sub(requestUri, 1, question - 1) or requestUri
end


local function snapBody(path, status, title)
    for pattern, serviceCode in pairs(SERVICE_CODES) do
        if match(path, pattern) then
            return { responseCode = status .. serviceCode .. "00", responseMessage = title }
        end
    end

    return { responseCode = status .. "0000", responseMessage = title }
end


local function problemBody(path, status, problem)
    local body = {
        type = problem.type or ("urn:k:" .. problem.code),
        title = problem.title,
        status = status,
        detail = problem.detail or problem.title,
        instance = path,
        code = problem.code,
        requestId = requestId.current(),
    }
    for name, value in pairs(problem.extra or {}) do
        body[name] = value
    end

    return body
end


-- Answers the request and ends it. problem: { code, title, detail?, type?, extra?, retryAfter? }
function _M.answer(status, problem)
    local path = pathOf(ngx.var.request_uri or "")
    local isBank = sub(path, 1, #BANK) == BANK
    local body = isBank and snapBody(path, status, problem.title) or problemBody(path, status, problem)
    -- a slash needs no escape; in encoded text each one has its own
    local text = gsub(cjson.encode(body), "\\/", "/")
    requestId.current()

    ngx.status = status
    ngx.header["Content-Type"] = isBank and "application/json" or "application/problem+json"
    ngx.header["Content-Length"] = #text
    ngx.header["Retry-After"] = problem.retryAfter
    ngx.print(text)
    return ngx.exit(ngx.HTTP_OK)
end


-- A server that cannot be reached is starting again: that is 503, to be tried soon, and not a bad answer.
local function isUnreachable(status)
    if status ~= 502 then
        return false
    end

    -- one time an attempt, "-" where there was no connection; the last one counts
    local connectTime = ngx.var.upstream_connect_time
    return not connectTime or not find(connectTime, "%d$")
end


-- Target of `error_page`: turns nginx's own status, or the one that is given, into a problem.
function _M.answerError(given)
    inbound.rememberMethod(ngx.var)
    local status = given or ngx.status
    status = STATUS_OF[status] or status
    if isUnreachable(status) then
        status = 503
    end

    local known = KNOWN[status] or (status >= 500 and KNOWN[500]) or KNOWN[400]
    local retryAfter = (status == 503 or status == 429) and RETRY_AFTER_SECONDS or nil
    return _M.answer(status, { code = known[1], title = known[2], retryAfter = retryAfter })
end


return _M
