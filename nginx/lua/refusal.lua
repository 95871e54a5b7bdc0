-- Writes the answer to who is refused: too many requests, in the penalty box, or an address that may not come here.
-- The same refusal is asked for again and again, so its text is put together from parts that are kept.
local cjson = require("cjson.safe")
local problem = require("problem")
local verdicts = require("verdict")

local ngx = ngx
local date, find, gsub, sub = os.date, string.find, string.gsub, string.sub
local reFind = ngx.re.find

local QUOTA_EXCEEDED = "https://iana.org/assignments/http-problem-types#quota-exceeded"
local BANK = "/api/payment/bri/"
local TITLE = "Too many requests"

local _M = {}


local function namesOf(policies)
    local names = {}
    for index, policy in ipairs(policies or {}) do
        names[index] = policy.name
    end

    return #names > 0 and cjson.encode(names) or "[]"
end


local function pathOf(requestUri)
    local question = find(requestUri, "?", 1, true)
    return question and sub(requestUri, 1, question - 1) or requestUri
end


local function quoted(text)
    if reFind(text, "^[\\w/.~-]*\\z", "jo") then
        return '"' .. text .. '"'
    end

    return (gsub(cjson.encode(text), "\\/", "/"))
end


-- What stays the same for one verdict, which may be one that is repeated.
local function startOf(verdict)
    verdict.start = verdict.start or '{"type":"' .. QUOTA_EXCEEDED .. '","title":"' .. TITLE
        .. '","status":429,"code":"gateway.rateLimited","violated-policies":' .. namesOf(verdict.refusedBy)
        .. ',"detail":"The limit is reached; try again in '
    return verdict.start
end


-- A refusal that is repeated is mostly one of the same path.
local function instanceOf(verdict, path)
    if verdict.path ~= path then
        verdict.path, verdict.instance = path, quoted(path)
    end

    return verdict.instance
end


-- Given to nginx in pieces: putting a text together that is said once costs more than saying it.
local BEFORE_PATH, BEFORE_ID, ENDING = ' seconds","instance":', ',"requestId":"', '"}'
local FIXED_LENGTH = #BEFORE_PATH + #BEFORE_ID + #ENDING


local function answerLimited(var, verdict, retryAfter, path)
    local start, instance = startOf(verdict), instanceOf(verdict, path)
    local seconds, id = tostring(retryAfter), var.kRequestId
    local header = ngx.header
    ngx.status = 429
    header["Content-Type"] = "application/problem+json"
    header["Content-Length"] = FIXED_LENGTH + #start + #seconds + #instance + #id
    header["Retry-After"] = seconds
    ngx.print(start, seconds, BEFORE_PATH, instance, BEFORE_ID, id, ENDING)
    return ngx.exit(ngx.HTTP_OK)
end


local function answerPenalty(verdict, retryAfter)
    local penaltyUntil = date("!%Y-%m-%dT%H:%M:%SZ", math.ceil(verdict.untilTime))
    return problem.answer(429, {
        code = "gateway.penaltyBox",
        type = QUOTA_EXCEEDED,
        title = TITLE,
        detail = "Refused too often; everything is refused until " .. penaltyUntil,
        retryAfter = retryAfter,
        extra = { penaltyUntil = penaltyUntil },
    })
end


-- Ends the request that the limiter does not admit.
function _M.answer(var, verdict)
    if verdict.isDenied then
        return problem.answer(403, { code = "gateway.forbidden", title = "This address may not come here" })
    end
    if verdict.isPenalty then
        return answerPenalty(verdict, verdict.seconds)
    end

    local path, retryAfter = pathOf(var.request_uri), verdicts.jittered(verdict.seconds)
    if sub(path, 1, #BANK) == BANK then
        return problem.answer(429, { code = "gateway.rateLimited", title = TITLE, retryAfter = retryAfter })
    end

    return answerLimited(var, verdict, retryAfter, path)
end


return _M
