// Writes k0, k1, ... through ioredis in sentinel mode, one after the other, until its standard input is closed.
//
//   node writer.js '{"sentinels": [{"host": "127.0.0.1", "port": 26379}], "name": "m", ...}'
//
// Each line that it prints is JSON: {"ready": port}, {"done": n, "port": p} for an acknowledged write and the server that
// took it, {"error": n, "text": t} for one that failed, {"read": n} at the end: how many it could read back.
"use strict";
const Redis = require(process.env.STRATA_IOREDIS || "ioredis");

const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const redis = new Redis({
  sentinelRetryStrategy: () => 100, // ms between two rounds through all sentinels
  retryStrategy: () => 100, // ms until a broken connection is opened again
  reconnectOnError: (error) => (error.message.startsWith("READONLY") ? 2 : false), // documented for failovers: ask again
  ...JSON.parse(process.argv[2]),
});
redis.on("error", () => {}); // told by the writes that fail
redis.on("ready", () => tell({ ready: redis.stream.remotePort }));

let open = true;
process.stdin.on("end", () => (open = false)).resume();

async function main() {
  let number = 0;
  const acknowledged = [];
  for (; open; number++) {
    try {
      await redis.set(`k${number}`, number);
      acknowledged.push(number);
      tell({ done: number, port: redis.stream.remotePort });
    } catch (error) {
      tell({ error: number, text: error.message });
    }
    await new Promise((next) => setTimeout(next, 5));
  }
  const values = await Promise.all(acknowledged.map((each) => redis.get(`k${each}`)));
  tell({ read: values.filter((value, at) => value === String(acknowledged[at])).length });
  redis.disconnect();
}

main();
