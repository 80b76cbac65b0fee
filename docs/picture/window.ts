// Makes docs/window.png: two real clients with their pages, in a real browser. `npm run picture` runs it.
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'messageapp-window-'));
const env = { ...process.env, MESSAGEAPP_PASSPHRASE: 'correct horse battery staple' };
const programs: ChildProcess[] = [];

/** Starts a program. @returns what it says that fits */
function start(args: readonly string[], wanted: RegExp): Promise<string> {
  const program = spawn(process.execPath, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  programs.push(program);
  return new Promise((resolve, reject) => {
    let said = '';
    program.stdout.on('data', (data: Buffer) => {
      said += data.toString();
      const found = wanted.exec(said);
      if (found) resolve(found[1]!);
    });
    program.once('exit', () => reject(new Error(`It ended: ${args.join(' ')}`)));
  });
}

async function open(browser: Browser, port: string, user: string): Promise<Page> {
  const address = await start(['client', '127.0.0.1', port, '--web', '--user', user, '--keys', folder], /(http:\S+)\s/);
  const context = await browser.newContext({ viewport: { width: 1100, height: 700 }, deviceScaleFactor: 1.5, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(address);
  await page.getByRole('button', { name: 'End the client' }).waitFor();
  return page;
}

async function write(page: Page, text: string): Promise<void> {
  await page.locator('#composer:not([readonly])').fill(text);
  await page.keyboard.press('Enter');
}

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();

async function begin(page: Page, name: string): Promise<void> {
  await page.getByRole('textbox', { name: /^New conversation/ }).fill(name);
  await page.keyboard.press('Enter');
}

async function session(alice: Page, bob: Page): Promise<void> {
  await begin(bob, '#kitchen');
  await press(bob, 'Members');
  await bob.getByRole('textbox', { name: 'Name of whom to invite' }).fill('alice');
  await bob.keyboard.press('Enter');
  await press(alice, 'Enter: the room kitchen');
  await bob.locator('dialog .members li', { hasText: /alice[^]*has the keys/ }).waitFor();
  await bob.keyboard.press('Escape');
  await begin(alice, 'bob');
  await press(bob, 'Accept: the chat with alice');
  await write(alice, 'Hello Bob. Is it you? My number begins with the one on your screen, I hope.');
  await write(bob, 'It does: I read it to you on the phone.');
  await press(alice, 'Safety number');
  await press(alice, 'We compared it');
  await alice.locator('.head .badge', { hasText: 'Verified' }).waitFor();
  await alice.keyboard.press('Escape');
  await write(alice, 'Then nobody is between us.');
  await write(alice, 'Not even our own relay:\nit sees cells of 4096 bytes.');
  await alice.locator('.is-delivered').nth(2).waitFor();
  await begin(bob, '#kitchen');
  await write(bob, 'Soup is ready.');
  await alice.getByRole('button', { name: /kitchen .*1 unread/ }).waitFor();
  await alice.getByRole('button', { name: 'Show the chat with bob' }).waitFor();
}

const options = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-sync'];
const browser = await chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: options });
try {
  for (const user of ['alice', 'bob']) execFileSync(process.execPath, ['keys', 'user', user, '--keys', folder], { cwd: root, env });
  const port = await start(['server', '0', '--keys', folder], /(?:port |:)(\d{4,5})/);
  const [alice, bob] = [await open(browser, port, 'alice'), await open(browser, port, 'bob')];
  await session(alice, bob);
  await alice.locator('#composer').focus();
  await alice.waitForTimeout(500);
  await alice.screenshot({ path: join(root, 'docs', 'window.png') });
} finally {
  await browser.close();
  for (const program of programs) program.removeAllListeners('exit').kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}
