-- Asks for everybody who waits in one call: what came while the last reply was under way goes together with the next.
-- No timer and no window; with little traffic each request goes alone and at once. One light thread per worker.
local metrics = require("metrics")
local semaphore = require("ngx.semaphore")

local ngx = ngx

local LARGEST_BATCH = 256
-- a light thread keeps what its sockets used until it ends, so a new one takes over now and then
local BATCHES_PER_THREAD = 1000
local IDLE_SECONDS = 5

local _M = {}
local meta = { __index = _M }


-- tokens: what really asks. patienceSeconds: how long one request may wait for its answer.
function _M.new(tokens, patienceSeconds)
    return setmetatable({
        tokens = tokens, patienceSeconds = patienceSeconds, queue = {}, first = 1, last = 0,
        wake = assert(semaphore.new(0)), isRunning = false, isAwake = false, spare = {},
    }, meta)
end


local function nextBatch(self)
    local waiting, requests, count = {}, {}, 0
    while self.first <= self.last and count < LARGEST_BATCH do
        local each = self.queue[self.first]
        self.queue[self.first] = nil
        self.first = self.first + 1
        if not each.isGone then
            count = count + 1
            waiting[count], requests[count] = each, each.request
        end
    end

    return waiting, requests
end


local function deliver(waiting, answers, err)
    for index, each in ipairs(waiting) do
        each.answer, each.err = answers and answers[index], err
        each.done:post(1)
    end
end


local function exchange(self)
    local waiting, requests = nextBatch(self)
    if #requests == 0 then
        return
    end

    ngx.update_time()
    local startedAt = ngx.now()
    local isWhole, answers, err = pcall(self.tokens.take, self.tokens, requests)
    if not isWhole then
        answers, err = nil, answers
    end
    ngx.update_time()
    metrics.observeRedis(ngx.now() - startedAt, answers)
    deliver(waiting, answers, err)
end


local function run(isPremature, self)
    if isPremature then
        self.isRunning = false
        return
    end

    local left = BATCHES_PER_THREAD
    while left > 0 and not ngx.worker.exiting() do
        if self.first > self.last then
            self.isAwake = false
            self.wake:wait(IDLE_SECONDS)
        end
        self.isAwake = true
        local isWhole, err = pcall(exchange, self)
        if not isWhole then
            ngx.log(ngx.ERR, "limits: a batch failed: ", err)
        end
        left = left - 1
    end

    self.isRunning = not ngx.worker.exiting() and ngx.timer.at(0, run, self) or false
    if not self.isRunning then
        exchange(self)
    end
end


function _M:start()
    self.isRunning = assert(ngx.timer.at(0, run, self))
end


local function enqueue(self, waiting)
    self.last = self.last + 1
    self.queue[self.last] = waiting
    if not self.isAwake then
        self.isAwake = true
        self.wake:post(1)
    end
end


-- The answer to one request as `tokens` gives it, or nil and a message. Waits.
function _M:take(request)
    if not self.isRunning then
        local answers, err = self.tokens:take({ request })
        return answers and answers[1], err
    end

    local done = table.remove(self.spare) or assert(semaphore.new(0))
    local waiting = { request = request, done = done }
    enqueue(self, waiting)
    local isDone, err = done:wait(self.patienceSeconds)
    if not isDone then
        waiting.isGone = true
        return nil, err
    end

    self.spare[#self.spare + 1] = done
    return waiting.answer, waiting.err
end


return _M
