// Runs one tool's library in a process of its own, `node child.js NAME URL FOLDER RUNS`, and prints the milliseconds of
// each run. A slow tool is let off after some seconds.
const patience = 3_000;
const [name, url, folder, runs] = process.argv.slice(2);
const { default: peer } = await import(`./peers/${name}.js`);
await peer.load();
const times = [];
const begin = performance.now();
while (times.length < Number(runs) && (times.length < 4 || performance.now() - begin < patience)) {
  const start = performance.now();
  await peer.up(url, folder);
  times.push(performance.now() - start);
}
process.stdout.write(`${JSON.stringify(times)}\n`);
