// Increments keys all over the slots through ioredis' Cluster, each key one after the other, until its standard input is closed.
//
//   node cluster_writer.js '{"nodes": [{"host": "127.0.0.1", "port": 7000}], "keys": ["a", "b"], "options": {}}'
//
// Each line that it prints is JSON: {"key": k, "answer": n} for an acknowledged write, {"key": k, "error": text} for one that
// failed, {"everyday": [...]} at the start: what a few commands of every kind have answered.
"use strict";
const Redis = require(process.env.STRATA_IOREDIS || "ioredis");

const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");
const { nodes, keys, options } = JSON.parse(process.argv[2]);
const cluster = new Redis.Cluster(nodes, options);
cluster.on("error", () => {}); // told by the writes that fail

let open = true;
process.stdin.on("end", () => (open = false)).resume();

async function everyday() {
  const piped = await cluster.pipeline().set("{tag}a", 1).incr("{tag}a").get("{tag}a").exec();
  const together = await cluster.multi().set("{tag}b", 1).incr("{tag}b").exec();
  cluster.defineCommand("total", { numberOfKeys: 2, lua: "return redis.call('GET', KEYS[1]) + redis.call('GET', KEYS[2])" });
  const total = await cluster.total("{tag}a", "{tag}b");
  const counts = await Promise.all(cluster.nodes("master").map((node) => node.dbsize()));
  await cluster.del("{tag}a", "{tag}b");
  tell({ everyday: [piped, together, total, counts.reduce((sum, count) => sum + count, 0)] });
}

async function write(key) {
  while (open) {
    try {
      tell({ key, answer: await cluster.incr(key) });
    } catch (error) {
      tell({ key, error: error.message });
    }
    await new Promise((next) => setTimeout(next, 5));
  }
}

everyday()
  .then(() => Promise.all(keys.map(write)))
  .then(() => cluster.disconnect());
