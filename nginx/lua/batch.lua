-- Asks for everybody who waits in one call: what came while the last reply was under way goes together with the next.
-- No timer and no window; with little traffic each request goes alone and at once. One light thread per worker.
--
-- A group are requests that want the same answer or a share of it. `asker:take(groups, held, extras)` answers all of
-- them by setting their `answer`; true, or nil and a message. `group.learn(group)` is called when nobody waited for it.
local metrics = require("metrics")
local semaphore = require("ngx.semaphore")

local ngx = ngx
local min = math.min

local LARGEST_BATCH = 256
-- a light thread keeps what its sockets used until it ends, so a new one takes over now and then
local BATCHES_PER_THREAD = 1000
local IDLE_SECONDS = 5
local MOST_UNSENT = 20000
local NOBODY = { groups = {}, size = 0, waiting = 0 }

local _M = {}
local meta = { __index = _M }


local function open(self)
    local spare = self.spare
    local done = spare[#spare]
    spare[#spare] = nil
    return { groups = {}, size = 0, byKey = {}, waiting = 0, done = done or assert(semaphore.new(0)) }
end


-- patienceSeconds: how long one request may wait for its answer.
function _M.new(asker, patienceSeconds)
    local self = setmetatable({
        asker = asker, patienceSeconds = patienceSeconds, sealed = {}, extras = {}, unsent = {}, spare = {},
        wake = assert(semaphore.new(0)), isRunning = false, isAwake = false,
    }, meta)
    self.open = open(self)
    return self
end


local function wakeUp(self)
    if not self.isAwake then
        self.isAwake = true
        self.wake:post(1)
    end
end


-- The group that waits under this name, or nil. In a worker that is leaving everybody asks alone.
function _M:find(name)
    return self.isRunning and self.open.byKey[name] or nil
end


-- A new group under this name, for `wait`.
function _M:add(name, group)
    group.count, group.served = 0, 0
    if not self.isRunning then
        return group
    end

    local batch = self.open
    if batch.size >= LARGEST_BATCH then
        self.sealed[#self.sealed + 1] = batch
        batch = open(self)
        self.open = batch
    end

    group.batch = batch
    batch.size = batch.size + 1
    batch.groups[batch.size] = group
    batch.byKey[name] = group
    return group
end


-- A group that nobody waits for.
function _M:send(name, group)
    if self.isRunning then
        self:add(name, group)
        wakeUp(self)
    end
end


local sendRest


-- Something that needs no answer and travels with the next batch. A worker that ends has no thread for batches any
-- more, but requests that end.
function _M:post(extra)
    self.extras[#self.extras + 1] = extra
    if self.isRunning then
        return wakeUp(self)
    end

    self.isSending = self.isSending or ngx.timer.at(0, sendRest, self) or false
end


-- Once more what was posted and never arrived: when the other side answers again.
function _M:postAgain()
    local unsent = self.unsent
    self.unsent = {}
    for index = 1, #unsent do
        self:post(unsent[index])
    end
end


local function askAlone(self, group)
    group.count, group.asked, group.served, group.askedAt = 1, 1, 1, ngx.now()
    local held = {}
    local isWhole, answered, err = pcall(self.asker.take, self.asker, { group }, held, {})
    self.asker.rest(held)
    if not isWhole or not answered then
        return nil, isWhole and err or answered
    end

    return 1
end


-- Which of its group this request is, counted from 1; nil and a message when no answer came.
function _M:wait(group)
    local batch = group.batch
    if not batch then
        return askAlone(self, group)
    end

    group.count = group.count + 1
    batch.waiting = batch.waiting + 1
    wakeUp(self)
    local isDone, err = batch.done:wait(self.patienceSeconds)
    if not isDone then
        group.count = group.count - 1
        batch.waiting = batch.waiting - 1
        batch.isBroken = true
        return nil, err
    end

    batch.waiting = batch.waiting - 1
    if batch.waiting == 0 and not batch.isBroken then
        self.spare[#self.spare + 1] = batch.done
        batch.done = nil
    end
    if not group.answer then
        return nil, group.err
    end

    group.served = group.served + 1
    return group.served
end


local function nextBatch(self)
    local batch = table.remove(self.sealed, 1)
    if batch or self.open.size == 0 then
        return batch or NOBODY
    end

    batch = self.open
    self.open = open(self)
    return batch
end


-- Who has gone meanwhile is not asked for any more.
local function stillWaiting(batch)
    local groups = {}
    for index = 1, batch.size do
        local group = batch.groups[index]
        group.asked = group.count
        if group.count > 0 or group.learn or (group.returned or 0) > 0 then
            groups[#groups + 1] = group
        end
    end

    return groups
end


local function keepUnsent(self, extras)
    local unsent = self.unsent
    for index = 1, min(#extras, MOST_UNSENT - #unsent) do
        unsent[#unsent + 1] = extras[index]
    end
end


local function exchange(self, held)
    local batch, extras = nextBatch(self), self.extras
    local groups = stillWaiting(batch)
    self.extras = extras[1] and {} or extras
    if not groups[1] and not extras[1] then
        return
    end

    ngx.update_time()
    local startedAt = ngx.now()
    for index = 1, #groups do
        groups[index].askedAt = startedAt
    end
    local isWhole, answered, err = pcall(self.asker.take, self.asker, groups, held, extras)
    if not isWhole then
        answered, err = nil, answered
    end
    metrics.observeRedis(ngx.now() - startedAt, answered)
    if not answered then
        keepUnsent(self, extras)
    end
    for index = 1, answered and 0 or #groups do
        groups[index].err = err
    end
    if batch.waiting > 0 then
        batch.done:post(batch.waiting)
    end
    for index = 1, answered and #groups or 0 do
        local group = groups[index]
        if group.learn and group.count == 0 then
            group.learn(group)
        end
    end
end


local function hasWork(self)
    return self.open.size > 0 or self.sealed[1] or self.extras[1]
end


function sendRest(_, self)
    self.isSending = false
    local held = {}
    exchange(self, held)
    self.asker.rest(held)
end


local function run(isPremature, self)
    if isPremature then
        self.isRunning = false
        return
    end

    local left, held = BATCHES_PER_THREAD, {}
    while left > 0 and not ngx.worker.exiting() do
        if not hasWork(self) then
            self.isAwake = false
            local isWoken = self.wake:wait(IDLE_SECONDS)
            self.isAwake = true
            if not isWoken then
                self.asker.rest(held)
            end
        end
        local isWhole, err = pcall(exchange, self, held)
        if not isWhole then
            ngx.log(ngx.ERR, "limits: a batch failed: ", err)
        end
        left = left - 1
    end

    self.isRunning = not ngx.worker.exiting() and ngx.timer.at(0, run, self) or false
    if not self.isRunning and hasWork(self) then
        exchange(self, held)
    end
    self.asker.rest(held)
end


function _M:start()
    self.isRunning = assert(ngx.timer.at(0, run, self))
end


return _M
