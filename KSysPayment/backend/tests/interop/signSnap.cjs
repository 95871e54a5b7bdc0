// Signs what standard input asks for with doku-nodejs-library, a SNAP implementation that shares nothing with ours.
/* global __dirname, process */
const { createRequire } = require("node:module");
const path = require("node:path");

const repository = path.resolve(__dirname, "..", "..", "..", "..");
const places = [repository, ...(process.env.NODE_PATH ?? "").split(path.delimiter).filter(Boolean)];

function load(name) {
  for (const place of places) {
    try {
      return createRequire(path.join(place, "package.json"))(name);
    } catch (error) {
      if (error.code !== "MODULE_NOT_FOUND") throw error;
    }
  }
  throw new Error(`${name} is not installed`);
}

const tokens = load("doku-nodejs-library/_services/tokenService.js");
const { pem, clientId, timestamp, method, path: signedPath, token, body, secret } = JSON.parse(
  require("node:fs").readFileSync(0, "utf8"),
);
process.stdout.write(
  JSON.stringify({
    rsa: tokens.generateSignature(pem, clientId, timestamp),
    hmac: tokens.generateSymmetricSignature(method, signedPath, token, body, timestamp, secret),
  }),
);
