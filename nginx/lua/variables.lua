-- Writes a variable of nginx from bytes that are no text of Lua. Lua keeps every text once and looks for it among all
-- others: one that no other request says again costs more to make and to sweep than the rest of what is done with it.
local base = require("resty.core.base")
local ffi = require("ffi")

local ngx = ngx
local textOf = ffi.string

local LONGEST_NAME, LONGEST_ERROR = 64, 256

local _M = {}
local lowerName, errorText = ffi.new("unsigned char[?]", LONGEST_NAME), ffi.new("unsigned char[?]", LONGEST_ERROR)
local errorLength = ffi.new("size_t[1]")
-- the door that lua-resty-core itself uses, where this version of the module has it
local hasDoor, setVariable = pcall(function() return ffi.C.ngx_http_lua_ffi_var_set end)


-- bytes: unsigned char[] with so many bytes; they are copied. name: at most 64 letters.
function _M.setBytes(name, bytes, length)
    if not hasDoor then
        ngx.var[name] = textOf(bytes, length)
        return
    end

    errorLength[0] = LONGEST_ERROR
    local done = setVariable(
        base.get_request(), name, #name, lowerName, bytes, length, errorText, errorLength)
    if done ~= 0 then
        error("variables: " .. name .. ": " .. textOf(errorText, errorLength[0]))
    end
end


return _M
