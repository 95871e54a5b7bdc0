-- Defaults for a start by hand; the environment of .env may override the two that are secret.
return {
    redisUrl = os.getenv("REDIS_URL") or "redis://127.0.0.1:26379/0",
    gatewaySecret = os.getenv("GATEWAY_SHARED_SECRET") or "",
    nodes = 1,
    instanceId = "byHand",
}
