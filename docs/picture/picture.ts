/** `npm run picture`: a real session in two terminals (tmux), drawn into docs/session.svg. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { drawPanes } from './svg.js';

const COLUMNS = 78;
const ROWS = 26;
const PASSPHRASE = 'only for this picture';
const folder = mkdtempSync(join(tmpdir(), 'messageapp-picture-'));
const SOCKET = `messageapp-picture-${process.pid}`;
const tmux = (...args: string[]) => execFileSync('tmux', ['-L', SOCKET, ...args], { encoding: 'utf8' });
const screen = (name: string) => tmux('capture-pane', '-p', '-e', '-t', name).trimEnd().split('\n');

async function see(name: string, what: string): Promise<void> {
  for (let tries = 0; !screen(name).join('\n').includes(what); tries++) {
    if (tries > 200) throw new Error(`${name} never showed ${JSON.stringify(what)}:\n${screen(name).join('\n')}`);
    await sleep(50);
  }
}

async function type(name: string, text: string): Promise<void> {
  tmux('send-keys', '-t', name, '-l', text);
  tmux('send-keys', '-t', name, 'Enter');
  await sleep(300);
}

const env = { ...process.env, MESSAGEAPP_PASSPHRASE: PASSPHRASE };
for (const user of ['alice', 'bob']) execFileSync(process.execPath, ['keys', 'user', user, '--keys', folder], { env });
const server = spawn(process.execPath, ['server', '0', '--keys', folder, '--log', 'json'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
try {
  const listening = await new Promise<Buffer>((resolve) => server.stdout.once('data', resolve));
  const { port } = JSON.parse(listening.toString().split('\n')[0]!) as { port: number };
  for (const user of ['alice', 'bob']) {
    tmux('new-session', '-d', '-s', user, '-x', String(COLUMNS), '-y', String(ROWS), 'env', '-u', 'NO_COLOR', 'TERM=screen-256color',
      process.execPath, 'client', '127.0.0.1', String(port), '--keys', folder);
    await see(user, 'Username');
    await type(user, user);
    await type(user, PASSPHRASE);
    await see(user, '[SERVER-COMMAND]');
    tmux('send-keys', '-t', user, 'C-l');
    tmux('clear-history', '-t', user);
    await sleep(200);
  }
  await type('alice', 'listx');
  await see('alice', 'bob');
  await type('alice', 'chatbob');
  await see('bob', 'asks for a chat');
  await type('bob', 'acptalice');
  await see('bob', '[CHAT');
  await see('alice', '[CHAT');
  await type('bob', '/verify');
  await type('alice', '/verify');
  await type('bob', '/compared');
  await type('alice', '/compared');
  await see('alice', 'You have compared');
  await type('alice', 'Nobody else reads this: not the network, not the relay.');
  await see('bob', 'Nobody else');
  await type('bob', 'And if your key ever changes, I will be told.');
  await see('alice', 'And if');
  tmux('send-keys', '-t', 'alice', '-l', 'Lunch at n');
  await sleep(300);
  const panes = ['alice', 'bob'].map((user) => ({
    title: `${user}: node client 127.0.0.1 8081`, columns: COLUMNS, lines: screen(user),
  }));
  writeFileSync(new URL('../../../docs/session.svg', import.meta.url), drawPanes(panes));
} finally {
  try {
    tmux('kill-server');
  } catch {
    // There was none yet.
  }
  server.kill();
  rmSync(folder, { recursive: true, force: true });
}
