-- Tokens that a worker took ahead: it spends them without asking anybody. They are charged already, so never too many
-- are let in. What is not spent in its time goes back, where that is exact, and is lost where it is not.
--
-- Of very large limits for some seconds, and of what is left. Of others only for a moment and only while more than half
-- of the bucket is there: nobody can be refused because of it who would not have emptied half of it in that moment.
--
-- What is spent quickly is renewed before it ends, by a question that nobody waits for.
--
-- Who showed a credential is known by it for that moment only, counted from before Redis was asked whether it still is
-- one. A server that ends a session lets a longer one pass before it answers (CredentialCopies in shared/backend):
-- after the answer nobody is taken for that user any more.
local ngx = ngx
local ceil, max, min = math.ceil, math.max, math.min

local LONG = { seconds = 2, first = 16, most = 50000, leftAlone = 0 }
local SHORT = { seconds = 0.02, first = 0, most = 1000, leftAlone = 0.5 }
local BY_CREDENTIAL = { seconds = 0.04, first = 0, most = 2000, leftAlone = 0.5, needsTime = true }
local LEASED_BY_CREDENTIAL = { seconds = 0.04, first = 0, most = 2000, leftAlone = 0, needsTime = true }
local SWEEP_SECONDS = 0.01
-- a call that brings something back may take so long
local CALL_SECONDS = 0.06
local MICROSECONDS = 1000000
-- the next are asked for when so much of the time is over, or so much of the tokens is left
local RENEWED_AFTER, RENEWED_BELOW = 0.75, 0.25
-- what was spent in less than this part of the time is taken for what is spent in all of this part
local SHORTEST_PART = 0.25
local MORE_THAN_SPENT = 1.25
local MOST_REMEMBERED = 20000

local _M = {}
local meta = { __index = _M }


-- giveBack: what is called with a group and how many of its tokens come back.
function _M.new(giveBack)
    return setmetatable({ byName = {}, count = 0, giveBack = giveBack, outstanding = {} }, meta)
end


function _M:forget()
    self.byName, self.count = {}, 0
end


-- Under other policies or another Redis nothing of it is worth anything: it does not come back either.
function _M:drop()
    self:forget()
    for _, queue in pairs(self.outstanding) do
        queue.groups, queue.first, queue.last = {}, 1, 0
    end
end


-- How tokens of this plan may be taken ahead, or nil.
function _M.termsOf(plan, hasCredential)
    if hasCredential then
        return plan.isLeased and LEASED_BY_CREDENTIAL or plan.isAmple and BY_CREDENTIAL or nil
    end

    return plan.isLeased and LONG or plan.isAmple and SHORT or nil
end


-- The answer that was given ahead, which of its requests this one is, and whether it is time to ask for more; nil when
-- everything is spent.
function _M:spend(name)
    local group = self.byName[name]
    if not group or group.ahead <= 0 then
        return nil
    end
    if group.terms.needsTime then
        ngx.update_time()
    end
    local now = ngx.now()
    if group.leasedUntil <= now then
        return nil
    end

    group.ahead = group.ahead - 1
    group.served = group.served + 1
    local isDue = not group.isRenewed and (now >= group.renewedAt or group.ahead <= group.renewedBelow)
    return group, group.served, isDue
end


-- How many to ask for before the group ends: what is spent in its time at the speed so far, and some more. Called once.
function _M.renew(group)
    group.isRenewed = true
    local seconds, spent = group.terms.seconds, group.asked + group.granted - group.ahead
    local elapsed = max(ngx.now() - group.grantedAt, seconds * SHORTEST_PART)
    return min(group.terms.most, ceil(MORE_THAN_SPENT * spent * seconds / elapsed))
end


-- How many to ask for beside those that wait: some more than were spent in the time before, many more when that was
-- too few.
function _M:wantedOf(name, terms)
    local group = self.byName[name]
    if not group then
        return terms.first
    end
    if group.leasedUntil + terms.seconds < ngx.now() then
        return min(terms.first, group.granted)
    end

    local spent = group.asked + group.granted - group.ahead
    return min(terms.most, group.ahead == 0 and 2 * spent or ceil(MORE_THAN_SPENT * spent))
end


-- For how long the bucket would not have been empty without what was taken ahead: until then giving back is exact,
-- later some of it would have flowed off anyway.
local function exactSeconds(group)
    local shortest, at = math.huge, 2
    for _, policy in ipairs(group.plan.policies) do
        local owed = group.answer[at + 3] - (group.granted + group.heldBefore) * policy.cost * policy.interval
        shortest = min(shortest, owed / MICROSECONDS)
        at = at + 4
    end

    return shortest - CALL_SECONDS
end


-- Nothing of this group can be spent any more; how many of its tokens go back.
local function close(group)
    local unspent = group.ahead
    group.ahead = 0
    local isExact = unspent > 0 and ngx.now() - group.grantedAt <= exactSeconds(group)
    return isExact and unspent or 0
end


-- What was not spent of the tokens taken last, for the next call.
function _M:takeBack(name)
    local group = self.byName[name]
    return group and close(group) + _M.takeBackOlder(group) or 0
end


-- What was not spent of those that this group came after.
function _M.takeBackOlder(group)
    local older = group.older
    group.older = nil
    return older and close(older) or 0
end


-- What is left of the tokens goes back by itself; of those that others came after, by the next call for those.
local function closeExpired(self, queue, now)
    local groups = queue.groups
    local group = groups[queue.first]
    while group and group.leasedUntil <= now do
        groups[queue.first] = nil
        queue.first = queue.first + 1
        local unspent = group.isOlder and 0 or close(group) + _M.takeBackOlder(group)
        if unspent > 0 then
            self.giveBack(group, unspent)
        end
        group = groups[queue.first]
    end

    return group
end


-- Once for each time that tokens end, and not at every tick: a timer costs as much as a request.
local function sweep(isPremature, self, queue)
    local now = isPremature and math.huge or ngx.now()
    queue.isSwept = false
    local group = closeExpired(self, queue, now)
    -- a clock that was put back makes no pause longer
    local seconds = group and min(group.terms.seconds, max(SWEEP_SECONDS, group.leasedUntil - now))
    queue.isSwept = group and ngx.timer.at(seconds, sweep, self, queue) or false
end


local function queueOf(self, terms)
    local queue = self.outstanding[terms]
    if not queue then
        queue = { groups = {}, first = 1, last = 0, isSwept = false }
        self.outstanding[terms] = queue
    end

    return queue
end


local function enqueue(self, group, terms)
    local queue = queueOf(self, terms)
    queue.last = queue.last + 1
    queue.groups[queue.last] = group
    queue.isSwept = queue.isSwept or ngx.timer.at(terms.seconds, sweep, self, queue) or false
end


-- Another group's tokens came after those of this one. No chain grows here: what came before goes back now.
local function supersede(self, group, by)
    local older = _M.takeBackOlder(group)
    if older > 0 then
        self.giveBack(group, older)
    end

    group.isOlder = true
    by.older = group
end


-- A group that was answered: what was admitted beyond those who asked may be spent.
function _M:keep(name, group, terms)
    if self.count >= MOST_REMEMBERED then
        self:forget()
    end

    local other = self.byName[name]
    if not other then
        self.count = self.count + 1
    end
    group.granted = max(0, group.answer[1] - group.asked)
    group.ahead = group.granted
    group.heldBefore = other and other.ahead or 0
    group.grantedAt = group.askedAt
    group.leasedUntil = group.askedAt + terms.seconds
    group.renewedAt = group.askedAt + terms.seconds * RENEWED_AFTER
    group.renewedBelow = group.granted * RENEWED_BELOW
    if not other or other.ahead <= group.ahead or group.granted > 0 and other.isRenewed then
        if other then
            supersede(self, other, group)
        end
        self.byName[name] = group
    end
    if group.granted > 0 then
        enqueue(self, group, terms)
    end
end


return _M
