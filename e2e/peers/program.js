// Another program, from its start to its end.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync } from 'node:fs';
import { output, until } from '../box.js';

export const root = new URL('../..', import.meta.url).pathname;
// What `run` installs, and what the programs say.
export const cache = `${process.env.HOME}/.cache/vigie/peers`;
export const logs = `${output}peers/`;

// run resolves when ready() holds, and rejects where that takes too long or the program has ended before. What it says
// is in log and in a file. end(signal) resolves when it is gone.
export async function run(command, args, { ready = () => true, env = {}, cwd = root, name = command.split('/').at(-1) } = {}) {
  mkdirSync(logs, { recursive: true });
  const file = createWriteStream(`${logs}${name}.log`, { flags: 'a' });
  const child = spawn(command, args, { cwd, env: { ...process.env, ...env } });
  const program = { log: '', running: true };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (text) => {
      program.log += text;
      file.write(text);
    });
  }
  const ended = new Promise((resolve) => {
    child.on('error', (err) => { program.log += err; resolve(); });
    child.on('exit', resolve);
  }).then(() => {
    program.running = false;
    file.end();
  });
  program.end = (signal = 'SIGTERM') => {
    child.kill(signal);
    return ended;
  };
  await until(name, async () => {
    if (!program.running) throw new Error(`${name} has ended\n${program.log}`);
    return await ready(program);
  }, 20_000, () => program.log);
  return program;
}

// answers tells whether a web server is there.
export const answers = (url) => fetch(url).then(() => true, () => false);
