-- The doors that never stand open: what holds until KSysAdmin has published its first set of policies.
local function perAddress(id, method, path, limit, windowSeconds)
    return {
        id = id, name = id, method = method, path = path, match = "exact", scope = "ip",
        limit = limit, windowSeconds = windowSeconds, mode = "enforce", enabled = true,
    }
end


return {
    version = 0,
    policies = {
        perAddress("default-login", "POST", "/api/auth/login", 30, 60),
        perAddress("default-second-factor", "POST", "/api/auth/login/second-factor", 20, 60),
        perAddress("default-register", "POST", "/api/auth/register", 20, 60),
        perAddress("default-verify-email", "POST", "/api/auth/verify-email", 20, 60),
        perAddress("default-resend", "POST", "/api/auth/verify-email/resend", 10, 60),
        perAddress("default-forgot", "POST", "/api/auth/password/forgot", 10, 60),
        perAddress("default-reset", "POST", "/api/auth/password/reset", 10, 60),
        perAddress("default-password-strength", "POST", "/api/auth/password/strength", 120, 60),
        perAddress("default-refresh", "POST", "/api/auth/token/refresh", 60, 60),
        perAddress("default-admin-login", "POST", "/api/admin/auth/login", 10, 60),
        perAddress("default-admin-second-factor", "POST", "/api/admin/auth/second-factor", 10, 60),
        perAddress("default-admin-password-strength", "POST", "/api/admin/auth/password/strength", 120, 60),
    },
}
