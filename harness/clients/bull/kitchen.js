// A kitchen whose orders are jobs of bull: what a program does that lives on scripts, transactions and blocking calls.
//
//   node kitchen.js SCENE PORT       one scene from its start to its end; the exit code is 0 if all was as it has to be
//   node kitchen.js cook PORT        a cook: prints {"ready": true}, then {"began": id} and {"did": id} for each order
//
// Every order is added, moved from list to list and ended by Lua scripts of bull; cooks wait with BRPOPLPUSH; events go
// through PUBLISH. The cooks of some scenes are processes of their own, so that they can be killed.
"use strict";
const assert = require("node:assert/strict");
const { fork } = require("node:child_process");
const readline = require("node:readline");
const Queue = require(process.env.STRATA_BULL || "bull");

const [, , scene, port] = process.argv;
const settings = { lockDuration: 1000, stalledInterval: 300, guardInterval: 500, retryProcessDelay: 100, drainDelay: 1 };
const tell = (line) => process.stdout.write(JSON.stringify(line) + "\n");

const open = [];
function queue(name, options = {}) {
  const made = new Queue(name, { redis: { host: "127.0.0.1", port: Number(port) }, settings, ...options });
  made.on("error", (error) => tell({ trouble: error.message })); // a server that is away for a moment
  open.push(made);
  return made;
}
const until = async (condition, what) => {
  for (const end = Date.now() + 60000; !(await condition()); await new Promise((next) => setTimeout(next, 10))) {
    if (Date.now() > end) throw new Error(`waited for ${what}`);
  }
};
const event = (emitter, name) => new Promise((resolve) => emitter.once(name, resolve));
const counts = async (orders) => {
  const { waiting, active, completed, failed, delayed, paused } = await orders.getJobCounts();
  return [waiting + paused, active, completed, failed, delayed];
};

// Another process that cooks, until it is killed. `began` and `did` are the orders it has told of.
async function hire() {
  const cook = { process: fork(__filename, ["cook", port], { silent: true }), began: [], did: [] };
  readline.createInterface({ input: cook.process.stdout }).on("line", (line) => {
    const told = JSON.parse(line);
    if ("began" in told) cook.began.push(told.began);
    if ("did" in told) cook.did.push(told.did);
    if ("ready" in told) cook.process.emit("ready");
  });
  await event(cook.process, "ready");
  return cook;
}

const scenes = {
  // One process, three cooks in it, every order with its answer.
  async plates() {
    const orders = queue("plates");
    orders.process(3, async (job) => job.data.number * 2);
    const jobs = await orders.addBulk(Array.from({ length: 150 }, (_, number) => ({ data: { number } })));
    jobs.push(await orders.add({ number: 1000 }));
    assert.deepEqual(await Promise.all(jobs.map((job) => job.finished())), [...Array(150).keys(), 1000].map((n) => 2 * n));
    await until(async () => (await orders.getActiveCount()) === 0, "the last order");
    assert.deepEqual(await counts(orders), [0, 0, 151, 0, 0]);
    assert.equal((await orders.getJob(jobs[7].id)).returnvalue, 14);
  },

  // Several processes: every order is cooked once.
  async shared() {
    const cooks = await Promise.all([hire(), hire(), hire()]);
    const orders = queue("orders");
    const jobs = await orders.addBulk(Array.from({ length: 300 }, (_, number) => ({ data: { number } })));
    await Promise.all(jobs.map((job) => job.finished()));
    const did = () => cooks.flatMap((cook) => cook.did);
    await until(() => did().length >= 300, "what the cooks tell");
    assert.deepEqual(did().map(Number).sort((a, b) => a - b), jobs.map((job) => Number(job.id)));
    assert.equal(cooks.filter((cook) => cook.did.length > 0).length, 3);
    for (const cook of cooks) cook.process.kill();
  },

  async order_of_service() {
    const orders = queue("order");
    await orders.pause();
    await orders.add("late", {}, { priority: 30 });
    await orders.add("first", {}, { priority: 1 });
    await orders.add("middle", {}, { priority: 20 });
    await orders.add("second", {}, { priority: 1 });
    const served = [];
    orders.process("*", async (job) => served.push(job.name));
    assert.deepEqual(await counts(orders), [4, 0, 0, 0, 0]);
    await orders.resume();
    await until(async () => (await orders.getCompletedCount()) === 4, "four orders");
    assert.deepEqual(served, ["first", "second", "middle", "late"]);
    await orders.pause();
    for (const name of ["a", "b", "c"]) await orders.add(name, {}, { lifo: true });
    await orders.resume();
    await until(async () => (await orders.getCompletedCount()) === 7, "three more");
    assert.deepEqual(served.slice(4), ["c", "b", "a"]);
  },

  async burnt() {
    const orders = queue("burnt");
    orders.process(async (job) => {
      await job.log(`try ${job.attemptsMade + 1}`);
      if (job.attemptsMade < job.data.burns) throw new Error("burnt");
      return "done";
    });
    const again = { attempts: 3, backoff: { type: "fixed", delay: 50 } };
    const good = await orders.add({ burns: 2 }, again);
    const bad = await orders.add({ burns: 4 }, again);
    assert.equal(await good.finished(), "done");
    await assert.rejects(bad.finished(), /burnt/);
    assert.equal(await good.isCompleted() && await bad.isFailed(), true);
    const failed = await orders.getJob(bad.id);
    assert.equal(failed.failedReason, "burnt");
    assert.deepEqual((await orders.getJobLogs(bad.id)).logs, ["try 1", "try 2", "try 3"]);
    await failed.update({ burns: 0 });
    await failed.retry();
    assert.equal(await bad.finished(), "done");
    assert.deepEqual(await counts(orders), [0, 0, 2, 0, 0]);
  },

  async later() {
    const orders = queue("later");
    const served = [];
    orders.process(async (job) => served.push([job.data.name, Date.now() - job.timestamp]));
    await orders.add({ name: "in a while" }, { delay: 600 });
    await orders.add({ name: "soon" }, { delay: 150 });
    const never = await orders.add({ name: "next year" }, { delay: 365 * 86400000 });
    assert.deepEqual(await counts(orders), [0, 0, 0, 0, 3]);
    await until(() => served.length === 2, "two orders");
    assert.deepEqual(served.map(([name]) => name), ["soon", "in a while"]);
    assert.ok(served[0][1] >= 145 && served[1][1] >= 595, `not before their time: ${JSON.stringify(served)}`);
    await never.promote();
    await until(() => served.length === 3, "the order that was promoted");
  },

  async rush_hour() {
    const orders = queue("rush", { limiter: { max: 5, duration: 400 } });
    const at = [];
    orders.process(10, async () => at.push(Date.now()));
    await orders.addBulk(Array.from({ length: 15 }, () => ({ data: {} })));
    await until(() => at.length === 15, "fifteen orders");
    assert.ok(at[14] - at[0] >= 700, `five in 400 ms: the fifteenth after ${at[14] - at[0]} ms`);
  },

  async every_day() {
    const orders = queue("daily");
    let served = 0;
    orders.process("soup", async () => served++);
    await orders.add("soup", {}, { repeat: { every: 100, limit: 4 } });
    assert.equal((await orders.getRepeatableJobs()).length, 1);
    await until(() => served === 4, "four days");
    await orders.add("soup", {}, { repeat: { every: 3600000 } });
    for (const each of await orders.getRepeatableJobs()) await orders.removeRepeatableByKey(each.key);
    assert.equal(await orders.getRepeatableCount(), 0);
  },

  // Whoever listens hears what happens in other processes.
  async told() {
    const orders = queue("orders");
    const heard = queue("orders");
    const seen = [];
    for (const name of ["waiting", "active", "completed", "progress"]) {
      const subscribed = event(heard, `registered:global:${name}`);
      heard.on(`global:${name}`, (id, what) => seen.push(name === "progress" ? `${name} ${what}` : name));
      await subscribed;
    }
    const cook = await hire();
    await orders.add({ tell: true });
    await event(heard, "global:completed");
    assert.deepEqual(seen, ["waiting", "active", "progress 50", "completed"]);
    cook.process.kill();
  },

  // A cook that falls over holds a lock; when it runs out, the order is somebody else's.
  async stalled() {
    const orders = queue("orders");
    const first = await hire();
    const job = await orders.add({ hang: true });
    await until(() => first.began.length === 1, "the first cook to begin");
    first.process.kill("SIGKILL");
    await (await orders.getJob(job.id)).update({});
    const second = await hire();
    await job.finished();
    assert.deepEqual([first.did, second.began], [[], [String(job.id)]]);
    second.process.kill();
  },

  async tidy() {
    const orders = queue("tidy");
    orders.process(async () => {});
    const jobs = await orders.addBulk(Array.from({ length: 20 }, (_, n) => ({ data: {}, opts: { jobId: `${n % 2 ? "odd" : "even"}-${n}` } })));
    await Promise.all(jobs.map((job) => job.finished()));
    assert.equal(await orders.add({}, { jobId: "odd-1" }).then((job) => job.getState()), "completed", "the id is taken");
    await orders.removeJobs("odd-*");
    assert.equal(await orders.getCompletedCount(), 10);
    assert.equal((await orders.clean(0, "completed", 4)).length, 4);
    await jobs[0].remove().catch(() => {}); // it may be among those
    await orders.obliterate({ force: true });
    assert.deepEqual((await orders.client.keys("bull:tidy:*")), []);
  },

  // The server is away for a moment: no order is lost. Told to stop and start it through the standard streams.
  async restart() {
    const orders = queue("restart");
    const served = new Set();
    orders.process(2, async (job) => {
      await new Promise((next) => setTimeout(next, 10));
      served.add(job.data.number);
    });
    await orders.addBulk(Array.from({ length: 100 }, (_, number) => ({ data: { number } })));
    await until(() => served.size > 10, "some orders");
    tell({ restart: served.size });
    await new Promise((done) => process.stdin.once("data", done));
    await until(() => served.size === 100, "all orders");
    await until(async () => (await orders.getJobCounts()).completed === 100, "all of them to be completed");
    process.stdin.destroy();
  },
};

async function cook() {
  const orders = queue("orders");
  orders.process(2, async (job) => {
    tell({ began: job.id });
    if (job.data.hang) await new Promise(() => {});
    if (job.data.tell) await job.progress(50);
    await new Promise((next) => setTimeout(next, 5));
    tell({ did: job.id });
  });
  await orders.isReady();
  tell({ ready: true });
}

async function main() {
  if (scene === "cook") return cook();
  await scenes[scene]();
  await Promise.all(open.map((each) => each.close()));
}

main().catch((error) => {
  tell({ failed: error.stack });
  process.exit(1);
});
