import { join } from 'node:path';
import { test, type Test } from 'tap';
import { main } from '../../keys/main.js';
import { PASSPHRASE, testIo } from '../support/authority.js';
import { noBrowser, TestBrowser } from '../support/browser.js';
import { Program } from '../support/program.js';

const PASSWORD = 'open sesame';

const SECRETS = { MESSAGEAPP_PASSPHRASE: PASSPHRASE, MESSAGEAPP_PASSWORD: PASSWORD };

const KEPT = 'document.documentElement.outerHTML + JSON.stringify({ ...localStorage, ...sessionStorage })';

async function place(t: Test, ...commands: string[][]): Promise<{ client(): Program }> {
  const keys = join(t.testdir(), 'keys');
  for (const command of [['user', 'alice'], ...commands]) {
    await main([...command, '--keys', keys], testIo(SECRETS));
  }
  const server = new Program('server', ['0', '--keys', keys, '--log', 'json', '--pool', '1']);
  t.teardown(() => server.stop());
  const { port } = await server.event('listening');
  const client = () => {
    const program = new Program('client', ['127.0.0.1', String(port), '--keys', keys, '--user', 'alice', '--web']);
    t.teardown(() => program.stop());
    return program;
  };
  return { client };
}

async function addressOf(client: Program): Promise<string> {
  await client.says(/token=[\w-]{43}\n/);
  return /http:\S+/.exec(client.out)![0];
}

test('without a terminal the page asks for passphrase and password', { skip: noBrowser }, async (t) => {
  const client = (await place(t, ['passwd', 'alice'])).client();
  const browser = await TestBrowser.start(t);
  const page = await browser.open(await addressOf(client));
  const dialog = page.getByRole('dialog');
  const answer = async (what: string, secret: string) => {
    await page.getByLabel(what, { exact: true }).fill(secret);
    await page.keyboard.press('Enter');
  };
  await dialog.filter({ hasText: 'Your passphrase' }).waitFor();
  await page.keyboard.press('Escape');
  t.ok(await dialog.isVisible(), 'there is no way around it');
  const second = await page.context().newPage();
  await second.goto(page.url());
  await second.getByRole('dialog').filter({ hasText: 'Your passphrase' }).waitFor();
  await answer('Passphrase', 'a wrong one');
  await page.getByText('That was not right; try again.').waitFor();
  t.equal(await page.getByLabel('Passphrase', { exact: true }).inputValue(), '', 'what was typed is gone');
  await second.getByText('That was not right; try again.').waitFor();
  await answer('Passphrase', PASSPHRASE);
  for (const each of [page, second]) await each.getByRole('dialog').filter({ hasText: 'Your password' }).waitFor();
  await answer('Password', 'x'.repeat(300));
  await page.getByText('That was not right; try again.').waitFor();
  await answer('Password', PASSWORD);
  for (const each of [page, second]) {
    await each.getByRole('status').filter({ hasText: 'Online' }).first().waitFor();
    t.notOk(await each.getByRole('dialog').isVisible());
    const all = await each.evaluate<string>(KEPT);
    for (const secret of [PASSPHRASE, PASSWORD, 'a wrong one']) t.notOk(all.includes(secret), 'nothing of it is kept');
  }
  const told = await second.evaluate<string>(`new Promise((resolve) => {
    const source = new EventSource('events');
    source.addEventListener('model', ({ data }) => { source.close(); resolve(data); });
  })`);
  t.equal(client.out.match(/token=/g)?.length, 2, 'the way in again is there already');
  t.match(told, '"state":"online"');
  const said = told + client.out + client.error;
  for (const secret of [PASSPHRASE, PASSWORD]) t.notOk(said.includes(secret), 'nor told, nor shown');
  client.child.kill('SIGINT');
  t.equal(await client.ended(), 0);
  await page.getByText('The client has ended').first().waitFor();
  t.same(browser.problems, []);
});

test('Ctrl-C while the page asks ends the client, and the page says so', { skip: noBrowser }, async (t) => {
  const client = (await place(t)).client();
  const browser = await TestBrowser.start(t);
  const page = await browser.open(await addressOf(client));
  await page.getByRole('dialog').filter({ hasText: 'Your passphrase' }).waitFor();
  client.child.kill('SIGINT');
  t.equal(await client.ended(), 130);
  await page.getByText('The client has ended').first().waitFor();
  t.equal(await page.getByRole('dialog').count(), 0);
});
