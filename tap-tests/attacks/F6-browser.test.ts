import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type Test } from 'tap';
import { noBrowser, TestBrowser } from '../support/browser.js';
import { OpenPage } from '../support/open-page.js';
import { connect, Scene } from '../support/scene.js';

async function scene(t: Test) {
  const open = await Scene.open(t.testdir());
  t.teardown(() => open.close());
  const browser = await TestBrowser.start(t);
  const alice = await OpenPage.open(t, open, 'alice');
  return { scene: open, browser, alice };
}

/** What a text would run if it could. */
const RUN = 'globalThis.ran=1';

const texts = [
  `<script>${RUN}</script>`,
  `<img src=x onerror="${RUN}">`,
  `"><svg onload=${RUN}>`,
  `</p></li></ol></main><iframe srcdoc="<script>parent.ran=1</script>"></iframe>`,
  `<a href="javascript:${RUN}">a link</a> javascript:${RUN}`,
  `<style>*{display:none}</style>`,
  `<meta http-equiv="refresh" content="0;url=data:text/html,x">`,
  `\${${RUN}} {{constructor.constructor('${RUN}')()}} &lt;b&gt;`,
  `event: model\ndata: {}\n\ndata: {"event":{"event":"closed"}}\n\n`,
  `\u202etxet \u2066 \u0007\u001b]0;title\u0007 \u0000 \u2028 \u0085`,
];

test('F6: what a text says is shown, and does nothing', { skip: noBrowser }, async (t) => {
  const { scene: open, browser, alice } = await scene(t);
  const bob = await open.logIn('bob');
  await connect(bob, alice.actor);
  const page = await browser.open(alice.address);
  await page.getByRole('button', { name: /^bob/ }).first().click();
  for (const text of texts) bob.do({ do: 'say', with: 'alice', text });
  await page.locator('.text').nth(texts.length - 1).waitFor();
  t.same(await page.locator('.text > .bubble > p').allTextContents(), texts, 'to the letter');
  t.equal(await page.evaluate('globalThis.ran'), undefined);
  t.equal(await page.locator('script').count(), 1, "the page's own");
  t.equal(await page.locator('main :is(img, svg, iframe, a, style, meta, script)').count(), 0);
  t.match(await page.locator('.text').last().evaluate((element: { parentElement: { innerText: string } }) => element.parentElement.innerText), 'txet');
  t.equal(await page.evaluate(`getComputedStyle(document.querySelector('.bubble > p')).overflow`), 'clip',
    'a pile of accents does not lie over the text of another');
  t.same(browser.problems, [], 'nothing was tried that the policy had to stop');
  t.equal(alice.actor.count('closed'), 0);
});

test('F6: the page itself could not run what it was given', { skip: noBrowser }, async (t) => {
  const { browser, alice } = await scene(t);
  const page = await browser.open(alice.address);
  await page.locator('main').waitFor();
  for (const way of [
    `document.body.innerHTML = '<b>x</b>'`,
    `document.body.insertAdjacentHTML('beforeend', '<b>x</b>')`,
    `document.createElement('script').text = '${RUN}'`,
    `setTimeout('${RUN}')`,
  ]) {
    t.match(await page.evaluate(`(() => { try { ${way}; return 'done' } catch (error) { return error.name } })()`), /Error/, way);
  }
  await page.evaluate(`document.body.append(Object.assign(document.createElement('img'), { src: 'x', onerror: undefined }));
    document.body.lastChild.setAttribute('onclick', '${RUN}'); document.body.lastChild.click()`).catch(() => undefined);
  t.equal(await page.evaluate('globalThis.ran'), undefined);
});

/** A page of somebody else, on another port of the same machine: the nearest that an attacker in the browser gets. */
async function otherPage(t: Test, body: string): Promise<string> {
  const server: Server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><body>${body}`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test('F6: a page from another port, that knows the folder, reads nothing and does nothing', { skip: noBrowser }, async (t) => {
  const { browser, alice } = await scene(t);
  const base = `${alice.origin}${alice.folder}`;
  const page = await browser.open(alice.address);
  await page.locator('main').waitFor();
  const other = await page.context().newPage();
  const answered: string[] = [];
  other.on('response', (response) => {
    if (response.url().startsWith(base)) answered.push(`${response.request().method()} ${response.status()}`);
  });
  await other.goto(await otherPage(t, `<form method=post enctype=text/plain action="${base}do"><input name='{"do":"exit","x":"' value='"}'></form>`));
  const tried = await other.evaluate(`(async (base) => {
    const said = [];
    const attempt = async (name, work) => said.push(name + ' ' + await work().then(() => 'done', (error) => error.name));
    const exit = { method: 'POST', credentials: 'include', body: '{"do":"exit"}' };
    await attempt('json', () => fetch(base + 'do', { ...exit, headers: { 'content-type': 'application/json' } }));
    await attempt('read', () => fetch(base, { credentials: 'include' }).then((response) => response.text()));
    await attempt('blind', () => fetch(base + 'do', { ...exit, mode: 'no-cors' }));
    const load = (tag, key, url) => new Promise((resolve, reject) => {
      const element = document.createElement(tag);
      element.onload = resolve;
      element.onerror = () => reject(new TypeError());
      element[key] = url;
      document.body.append(element);
    });
    await attempt('script', () => load('script', 'src', base + 'page/main.js'));
    await attempt('image', () => load('img', 'src', base + 'page/icon.svg'));
    await attempt('events', () => new Promise((resolve, reject) => {
      const source = new EventSource(base + 'events', { withCredentials: true });
      source.onopen = resolve;
      source.onerror = () => { source.close(); reject(new TypeError()); };
    }));
    return said;
  })(${JSON.stringify(base)})`);
  t.same(tried, ['json TypeError', 'read TypeError', 'blind TypeError', 'script TypeError', 'image TypeError', 'events TypeError']);
  const frame = await other.evaluate(`new Promise((resolve) => {
    const frame = document.createElement('iframe');
    frame.onload = () => { try { resolve(frame.contentDocument === null ? 'closed' : frame.contentDocument.body.innerText); } catch { resolve('closed'); } };
    frame.src = ${JSON.stringify(base)};
    document.body.append(frame);
  })`);
  t.equal(frame, 'closed');
  await other.evaluate('document.forms[0].submit()');
  await other.waitForURL(`${base}do`);
  t.match(await other.locator('body').innerText(), 'opens nothing');
  t.ok(answered.length > 0 && answered.every((answer) => answer.endsWith(' 403')), answered.join());
  t.equal(alice.actor.count('closed'), 0, 'the client goes on');
  await page.getByRole('status').filter({ hasText: 'Online' }).first().waitFor();
});
