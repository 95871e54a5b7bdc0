-- Answers "would this be limited?": plays requests that nobody sends, or those of a log, against a set of policies.
local cjson = require("cjson.safe")
local trialRun = require("trialRun")

local ngx = ngx
local floor = math.floor
local find, gmatch, match, sub = string.find, string.gmatch, string.match, string.sub

local MOST_REQUESTS = 100000
-- others are served by this worker too
local REQUESTS_AT_ONCE = 50

local _M = {}


local function isIn(list, policy)
    for index = 1, list and #list or 0 do
        if list[index] == policy then
            return true
        end
    end

    return false
end


-- Counts what each policy alone said.
local function note(tally, said, moment)
    tally.admitted = tally.admitted + (said.admitted and 1 or 0)
    tally.refused = tally.refused + (said.admitted and 0 or 1)
    for _, policy in ipairs(said.plan and said.plan.policies or {}) do
        local item = tally.byId[policy.id]
        if not item then
            item = {
                policyId = policy.id, name = policy.name, refused = 0, admitted = 0,
                firstRefusedAtSeconds = cjson.null,
            }
            tally.byId[policy.id] = item
            tally.items[#tally.items + 1] = item
        end

        local isRefused = isIn(said.refusedBy, policy) or isIn(said.shadowRefusedBy, policy)
        item.refused = item.refused + (isRefused and 1 or 0)
        item.admitted = item.admitted + (isRefused and 0 or 1)
        if isRefused and item.firstRefusedAtSeconds == cjson.null then
            item.firstRefusedAtSeconds = moment
        end
    end
end


local function newTally()
    return { items = {}, byId = {}, admitted = 0, refused = 0 }
end


local function letOthers(count)
    if count % REQUESTS_AT_ONCE == 0 and ngx.get_phase() == "content" then
        ngx.sleep(0)
    end
end


local function isText(value)
    return type(value) == "string" and value ~= ""
end


-- asked: { method, path, caller = { address, user?, apiKey? }, ratePerSecond, seconds }. { items, admitted, refused },
-- or nil and what is wrong.
function _M.run(document, asked)
    local by = type(asked.caller) == "table" and trialRun.callerOf(asked.caller)
    local rate, seconds = tonumber(asked.ratePerSecond), tonumber(asked.seconds)
    if not by or not isText(asked.method) or not isText(asked.path) then
        return nil, "method, path and the caller's address are needed"
    end
    if not rate or not seconds or not (rate > 0 and seconds > 0 and rate * seconds <= MOST_REQUESTS) then
        return nil, "ratePerSecond and seconds make no more than " .. MOST_REQUESTS .. " requests"
    end

    local world, err = trialRun.new(document)
    if not world then
        return nil, err
    end

    local tally = newTally()
    for count = 0, floor(rate * seconds + 0.000001) - 1 do
        note(tally, world:judge(asked.method, asked.path, by, count / rate, 0), count / rate)
        letOthers(count)
    end

    return { items = tally.items, admitted = tally.admitted, refused = tally.refused }
end


-- Days since 1970 of a day of the Gregorian calendar.
local function daysOf(year, month, day)
    year = month <= 2 and year - 1 or year
    local era = floor(year / 400)
    local ofEra = year - era * 400
    local ofYear = floor((153 * (month + (month > 2 and -3 or 9)) + 2) / 5) + day - 1
    return era * 146097 + ofEra * 365 + floor(ofEra / 4) - floor(ofEra / 100) + ofYear - 719468
end


-- "2026-11-21T20:31:14+01:00" or with Z as epoch seconds, or nil.
local function momentOf(text)
    local year, month, day, hour, minute, second, zone = match(
        text, "^(%d%d%d%d)-(%d%d)-(%d%d)T(%d%d):(%d%d):(%d%d)[%.%d]*(.*)$")
    if not year then
        return nil
    end

    local sign, hours, minutes = match(zone, "^([+-])(%d%d):?(%d%d)$")
    local offset = sign and (tonumber(sign .. "1") * (hours * 3600 + minutes * 60)) or 0
    local days = daysOf(tonumber(year), tonumber(month), tonumber(day))
    return days * 86400 + hour * 3600 + minute * 60 + second - offset
end


-- What one line of the access log says of a request. Who was behind it counts for the address where the log is silent.
local function requestOf(line, callers)
    local said = cjson.decode(line)
    if type(said) ~= "table" or not isText(said.method) or not isText(said.path) or not isText(said.at) then
        return nil
    end

    local address, moment = said.clientAddress, momentOf(said.at)
    if not isText(address) or not moment then
        return nil
    end

    local name = address .. " " .. tostring(said.user) .. " " .. tostring(said.apiKey)
    callers[name] = callers[name] or trialRun.callerOf({ address = address, user = said.user, apiKey = said.apiKey })
    local seconds = tonumber(said.requestSeconds) or 0
    return callers[name] and {
        method = said.method, path = said.path, by = callers[name], moment = moment, seconds = seconds,
    }
end


-- lines: an iterator over lines of the access log, the oldest first. { total, refused, byPolicy }, or nil and what is
-- wrong.
function _M.replay(document, lines)
    local world, err = trialRun.new(document)
    if not world then
        return nil, err
    end

    local tally, callers, first, count = newTally(), {}, nil, 0
    for line in lines do
        local request = requestOf(line, callers)
        if request then
            first = first or request.moment
            count = count + 1
            local moment = request.moment - first
            note(tally, world:judge(request.method, request.path, request.by, moment, request.seconds), moment)
            letOthers(count)
        end
    end

    return { total = count, refused = tally.refused, byPolicy = tally.items }
end


local function bodyOf()
    ngx.req.read_body()
    local body = ngx.req.get_body_data()
    local name = not body and ngx.req.get_body_file()
    local file = name and io.open(name, "rb")
    if file then
        body = file:read("*a")
        file:close()
    end

    return body or ""
end


local function answer(result, err)
    local list = result and (result.items or result.byPolicy)
    if list then
        setmetatable(list, cjson.array_mt)
    end

    local text = cjson.encode(result or { error = err })
    if list and #list == 0 then
        text = text:gsub('"(%a+)":{}', '"%1":[]')
    end
    ngx.status = result and 200 or 422
    ngx.header["Content-Type"] = "application/json"
    ngx.header["Content-Length"] = #text
    ngx.print(text)
end


local function onlyPost()
    if ngx.req.get_method() ~= "POST" then
        ngx.exit(ngx.HTTP_NOT_ALLOWED)
    end
end


-- { document, method, path, caller, ratePerSecond, seconds }
function _M.answerSimulate()
    onlyPost()
    local asked = cjson.decode(bodyOf())
    if type(asked) ~= "table" then
        return answer(nil, "not JSON")
    end

    return answer(_M.run(asked.document, asked))
end


-- First a line { document }, then lines of the access log.
function _M.answerReplay()
    onlyPost()
    local body = bodyOf()
    local ending = find(body, "\n", 1, true)
    local asked = cjson.decode(ending and sub(body, 1, ending - 1) or body)
    if type(asked) ~= "table" then
        return answer(nil, "the first line is not JSON")
    end

    return answer(_M.replay(asked.document, gmatch(sub(body, (ending or #body) + 1), "[^\n]+")))
end


return _M
