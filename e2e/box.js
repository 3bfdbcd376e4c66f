// A box as a newcomer starts it: `make run`.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const status = 'http://127.0.0.1:8080/';
export const watch = 'http://127.0.0.1:8889/main-stage';
export const output = new URL('../build/e2e/', import.meta.url).pathname;

// start resolves when the box stands by, or is in another state to wait for. Its log is in box.log; stop() ends it and
// resolves with its exit code. What is in env goes into its environment, such as VIGIE_RELAY_URL. With a configuration of
// its own it is that of `vigie run --demo`, whose status page is at the given address. Its state directory is in box.state.
export async function start(env = {}, { config = '', status: page = status, state: begun = 'standby' } = {}) {
  const state = mkdtempSync(join(tmpdir(), 'vigie-e2e-'));
  const own = ['build/vigie', 'run', '--demo', '--config', config];
  const [program, ...args] = config ? own : ['make', '--no-print-directory', 'run'];
  const child = spawn(program, args, {
    cwd: new URL('..', import.meta.url).pathname,
    env: { ...process.env, XDG_STATE_HOME: state, ...env },
    detached: true, // a group of its own, so that a signal reaches make and vigie as Ctrl-C does
  });
  const box = { log: '', state };
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => { box.log += text; });
  const ended = new Promise((resolve) => child.on('exit', resolve));
  box.stop = () => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGINT');
    return ended;
  };
  await until(begun, async () => (await boxState(page)) === begun, 60_000, () => box.log);
  return box;
}

export async function boxState(page = status) {
  try {
    return (await (await fetch(page + 'api/v1/status')).json()).state;
  } catch {
    return 'unreachable';
  }
}

// until asks ten times a second, and gives up with what is known.
export async function until(what, ask, patience = 15_000, known = () => '') {
  for (const began = Date.now(); Date.now() - began < patience;) {
    if (await ask()) return;
    await new Promise((again) => setTimeout(again, 100));
  }
  throw new Error(`waited ${patience} ms in vain for ${what}\n${known()}`);
}
