std = "ngx_lua"
max_line_length = 120
include_files = { "nginx/**/*.lua" }

-- runs inside Redis, not inside nginx
files["nginx/lua/scripts/*.lua"] = { std = "lua51", read_globals = { "redis", "cjson", "KEYS", "ARGV" } }
