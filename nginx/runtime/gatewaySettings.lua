-- Defaults for a start by hand; the environment of .env may override the one that is secret here.
return {
    redisUrl = os.getenv("REDIS_URL") or "redis://127.0.0.1:26379/0",
    publicServers = { "127.0.0.1:8001" },
    adminServers = { "127.0.0.1:8002" },
    nodes = 1,
    instanceId = "byHand",
}
