import { request } from 'node:http';
import { test, type Test } from 'tap';
import { OpenPage } from '../support/open-page.js';
import { Scene } from '../support/scene.js';
import { until } from '../support/until.js';

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly body: string;
}

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** As any program on the machine, or any page in the browser, could ask. */
function ask(port: number, path: string, { method = 'GET', headers = {}, body }: Asked = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers, agent: false }, (response) => {
      let text = '';
      response.on('data', (part: Buffer) => (text += part.toString()));
      response.on('close', () => resolve({ status: response.statusCode!, headers: response.headers, body: text }));
      if (response.headers['content-type']?.startsWith('text/event-stream')) response.once('data', () => response.destroy());
    });
    asked.on('error', reject).end(body);
  });
}

async function scene(t: Test) {
  const open = await Scene.open(t.testdir());
  t.teardown(() => open.close());
  const page = await OpenPage.open(t, open, 'alice');
  return { scene: open, page };
}

/** What the browser of the person has after the address was opened. */
async function cookieOf({ port, address, folder }: OpenPage): Promise<string> {
  const { status, headers } = await ask(port, address.slice(address.indexOf(folder)));
  if (status !== 303) throw new Error(`let in with ${status}`);
  return String(headers['set-cookie']).split(';')[0]!;
}

const json = { 'content-type': 'application/json' };

test('an address lets one browser in, once; without a cookie nothing is there', async (t) => {
  const { page } = await scene(t);
  const { port, folder, address } = page;
  const path = address.slice(address.indexOf(folder));
  for (const without of ['/', folder, `${folder}events`, `${folder}page/main.js`, `${folder}?token=`, `${path}x`, path.slice(0, -1)]) {
    t.equal((await ask(port, without)).status, 403, without.slice(0, 12));
  }
  const { status, headers } = await ask(port, path);
  t.equal(status, 303);
  t.equal(headers['location'], folder);
  t.match(String(headers['set-cookie']), new RegExp(`^messageapp=[\\w-]{43}; Path=${folder}; HttpOnly; SameSite=Strict$`));
  t.equal((await ask(port, path)).status, 403, 'a second browser');
  const cookie = String(headers['set-cookie']).split(';')[0]!;
  t.equal((await ask(port, folder, { headers: { cookie } })).status, 200);
  t.equal((await ask(port, path, { headers: { cookie } })).status, 303, 'the first one again');
  for (const wrong of [`${cookie}x`, cookie.slice(0, -1), 'messageapp=', `messageapp=${'A'.repeat(43)}`]) {
    t.equal((await ask(port, folder, { headers: { cookie: wrong } })).status, 403);
  }
});

test('a new address makes the one before worthless', async (t) => {
  const { page } = await scene(t);
  const { port, folder, address } = page;
  const next = await page.another();
  t.equal((await ask(port, address.slice(address.indexOf(folder)))).status, 403);
  t.equal((await ask(port, next.slice(next.indexOf(folder)))).status, 303);
});

test('a ninth browser puts out the first', async (t) => {
  const { page } = await scene(t);
  const { port, folder } = page;
  const cookies = [await cookieOf(page)];
  const get = async (cookie: string) => (await ask(port, folder, { headers: { cookie } })).status;
  while (cookies.length < 8) {
    await page.another();
    cookies.push(await cookieOf(page));
  }
  for (const cookie of cookies) t.equal(await get(cookie), 200);
  t.equal(await get(`${cookies.slice(1).map(() => 'messageapp=x').join('; ')}; ${cookies[0]}`), 200, 'beside those of others');
  await page.another();
  cookies.push(await cookieOf(page));
  t.same(await Promise.all(cookies.map(get)), [403, ...Array<number>(8).fill(200)]);
});

test('another Host, another Origin, another port of this machine: 403, with the cookie too', async (t) => {
  const { page } = await scene(t);
  const { port, folder, origin } = page;
  const cookie = await cookieOf(page);
  const host = `127.0.0.1:${port}`;
  const bad: Record<string, string>[] = [
    { host: `localhost:${port}` }, { host: `attacker.example:${port}` }, { host: '127.0.0.1' }, { host: `127.0.0.1:${port + 1}` },
    { origin: 'null' }, { origin: 'https://attacker.example' }, { origin: `http://localhost:${port}` },
    { origin: `http://127.0.0.1:${port + 1}` }, { origin: `https://127.0.0.1:${port}` },
    { 'sec-fetch-site': 'cross-site' }, { 'sec-fetch-site': 'same-site' },
  ];
  const exit = JSON.stringify({ do: 'exit' });
  for (const headers of bad) {
    const what = JSON.stringify(headers);
    t.equal((await ask(port, folder, { headers: { host, cookie, ...headers } })).status, 403, what);
    t.equal((await ask(port, `${folder}events`, { headers: { host, cookie, ...headers } })).status, 403, what);
    const post = { method: 'POST', headers: { host, cookie, origin, ...json, ...headers }, body: exit };
    t.equal((await ask(port, `${folder}do`, post)).status, 403, what);
  }
  const noOrigin = { method: 'POST', headers: { cookie, ...json }, body: exit };
  t.equal((await ask(port, `${folder}do`, noOrigin)).status, 403, 'a browser always says the origin of a POST');
  t.equal((await ask(port, `${folder}do`, { method: 'POST', headers: { origin, ...json }, body: exit })).status, 403, 'no cookie');
  t.equal(page.actor.count('closed'), 0, 'none of them ended the client');
  await ask(port, `${folder}do`, { method: 'POST', headers: { cookie, origin, ...json }, body: exit });
  await until('the right one does', () => page.status === 0);
});

test('what a form or a script of another kind can send is no command', async (t) => {
  const { page } = await scene(t);
  const { port, folder, origin } = page;
  const headers = { cookie: await cookieOf(page), origin };
  const post = (name: string, type: string, body: string) =>
    ask(port, `${folder}${name}`, { method: 'POST', headers: { ...headers, 'content-type': type }, body });
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x']) {
    t.equal((await post('do', type, '{"do":"exit"}')).status, 415, type);
  }
  for (const [name, body] of [
    ['do', ''], ['do', '{'], ['do', '[]'], ['do', 'null'], ['do', '{"do":"__proto__"}'], ['do', '{"do":"say","with":"bob"}'],
    ['seen', 'null'], ['seen', '{"kind":"chat"}'], ['seen', '{"kind":"x","name":"bob"}'], ['answer', '{}'],
    ['answer', '{"secret":"nobody asked"}'], ['constructor', '{}'], ['../do', '{"do":"exit"}'],
  ] as const) {
    t.equal((await post(name, 'application/json', body)).status, 400, `${name} ${body}`);
  }
  t.equal((await post('do', 'application/json', ' '.repeat(600_000))).status, 413);
  for (const method of ['PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH']) {
    t.equal((await ask(port, folder, { method, headers })).status, 405, method);
  }
  t.equal(page.actor.count('closed'), 0);
});

test('no address is a path: nothing but the page is served', async (t) => {
  const { page } = await scene(t);
  const { port, folder } = page;
  const headers = { cookie: await cookieOf(page) };
  for (const name of [
    '../', '../index.ts', './server.js', '../web/server.js', 'page/../../server.js', 'page/%2e%2e/server.js', '..%2fserver.js', 'server.js', 'page/', 'page', 'page/tsconfig.json',
    'page/main.ts', 'page/main.js?x', 'page/main.js%00', '/etc/passwd', '//127.0.0.1/', 'constructor', '__proto__',
  ]) {
    t.equal((await ask(port, `${folder}${name}`, { headers })).status, 404, name);
  }
});

test('everything says that nothing else may run, frame, keep or read it', async (t) => {
  const { page } = await scene(t);
  const { port, folder } = page;
  const headers = { cookie: await cookieOf(page) };
  for (const [path, status] of [
    [folder, 200], [`${folder}page/main.js`, 200], [`${folder}model/apply.js`, 200], [`${folder}events`, 200], [`${folder}none`, 404], ['/', 403],
  ] as const) {
    const answer = await ask(port, path, { headers });
    t.equal(answer.status, status, path);
    const policy = String(answer.headers['content-security-policy']);
    t.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
    t.notMatch(policy, 'unsafe');
    for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'", "require-trusted-types-for 'script'"]) t.match(policy, part);
    t.match(answer.headers, {
      'x-content-type-options': 'nosniff', 'x-frame-options': 'DENY', 'cache-control': 'no-store', 'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin', 'cross-origin-opener-policy': 'same-origin',
    });
    t.notOk(Object.keys(answer.headers).some((name) => name.startsWith('access-control')));
  }
});

test('a browser has four tabs at the most: one more takes the place of the oldest', async (t) => {
  const { page } = await scene(t);
  const { port, folder } = page;
  const headers = { cookie: await cookieOf(page) };
  const tabs: { said: string; ended: boolean; close(): void }[] = [];
  const open = async () => {
    const asked = request({ host: '127.0.0.1', port, path: `${folder}events`, headers, agent: false }, (response) => {
      const tab = { said: '', ended: false, close: () => response.destroy() };
      response.on('data', (data: Buffer) => (tab.said += data.toString())).on('error', () => undefined);
      response.on('close', () => (tab.ended = true));
      tabs.push(tab);
    });
    asked.on('error', () => undefined).end();
    const before = tabs.length;
    await until('one more', () => tabs.length > before && tabs.at(-1)!.said !== '');
  };
  for (let tab = 0; tab < 10; tab++) await open();
  await until('six are put out', () => tabs.filter(({ ended }) => ended).length === 6);
  t.same(tabs.map(({ ended }) => ended), [...Array<boolean>(6).fill(true), ...Array<boolean>(4).fill(false)]);
  t.ok(tabs.every(({ said, ended }) => said.includes('event: replaced') === ended), 'and are told');
  for (const tab of tabs) tab.close();
});
