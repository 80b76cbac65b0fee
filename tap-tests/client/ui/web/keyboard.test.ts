import type { Page } from 'playwright-core';
import { test, type Test } from 'tap';
import { noBrowser, TestBrowser } from '../../../support/browser.js';
import { OpenPage } from '../../../support/open-page.js';
import { connect, Scene } from '../../../support/scene.js';

async function scene(t: Test, size: { width?: number; height?: number } = {}) {
  const open = await Scene.open(t.testdir(), { users: ['alice', 'bob', 'user3'] });
  t.teardown(() => open.close());
  const browser = await TestBrowser.start(t);
  const alice = await OpenPage.open(t, open, 'alice');
  const [bob, other] = [await open.logIn('bob'), await open.logIn('user3')];
  const page = await browser.open(alice.address, size);
  await page.getByRole('status').filter({ hasText: 'Online' }).first().waitFor();
  return { browser, alice, bob, other, page };
}

const focused = (page: Page): Promise<string> =>
  page.evaluate(`document.activeElement.getAttribute('aria-label') ?? document.activeElement.innerText`);

/** As one who has no mouse: on until the control of that name has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 40; presses++) {
    if (name.test(await focused(page))) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not come to ${name}`);
}

test('a chat by the keyboard alone', { skip: noBrowser }, async (t) => {
  const { browser, bob, other, page } = await scene(t);
  bob.do({ do: 'chat', with: 'alice' });
  await page.getByRole('button', { name: 'Accept: the chat with bob' }).waitFor();
  await tabTo(page, /^Accept: the chat with bob$/);
  await page.keyboard.press('Enter');
  await bob.next('chat');
  await page.locator('#composer:not([readonly])').waitFor();
  await tabTo(page, /^Write to bob$/);
  await page.keyboard.type('hello');
  await page.keyboard.press('Enter');
  t.match(await bob.next('message'), { text: 'hello' });

  other.do({ do: 'chat', with: 'alice' });
  await page.getByRole('button', { name: 'Accept: the chat with user3' }).waitFor();
  await page.keyboard.type('half a text');
  await page.keyboard.press('Control+k');
  t.equal(await focused(page), 'Search conversations and people');
  await page.keyboard.type('user');
  // The list is drawn a moment after the key.
  await page.locator('.row').nth(1).waitFor({ state: 'detached' });
  t.equal(await page.locator('.row').count(), 1, 'found');
  await page.keyboard.press('Escape');
  await page.locator('#composer:focus').waitFor();
  t.equal(await page.locator('#composer').inputValue(), 'half a text', 'and one goes on writing');
  const order = await page.locator('.row .name').allInnerTexts();
  await page.keyboard.press(`Alt+${order.indexOf('user3') + 1}`);
  await page.getByRole('heading', { name: 'user3' }).waitFor();
  await page.keyboard.press(`Alt+${order.indexOf('bob') + 1}`);
  await page.getByRole('heading', { name: 'bob' }).waitFor();
  await page.locator('#composer:focus').waitFor();
  t.equal(await page.locator('#composer').inputValue(), 'half a text', 'what was begun stays with its chat');

  await tabTo(page, /^Safety number$/);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog', { name: 'Safety number with bob' }).waitFor();
  await page.keyboard.press('Escape');
  await page.locator('#composer:focus').waitFor();
  t.equal(await page.getByRole('dialog').count(), 0);
  t.same(browser.problems, []);
});

/** What is wider inside than outside, and shows it. */
const WIDE = `[...document.querySelectorAll('html, body, body *')].filter((element) => {
  const { display, overflowX } = getComputedStyle(element);
  if (/inline|none/.test(display) || /hidden|clip/.test(overflowX)) return false;
  return element.scrollWidth > element.clientWidth + 1;
}).map(({ tagName, className }) => tagName + ' ' + className)`;

test('in a narrow window one thing is shown at a time, and nothing is wider than it', { skip: noBrowser }, async (t) => {
  const { alice, bob, page } = await scene(t, { width: 320, height: 600 });
  await connect(bob, alice.actor);
  const wide = () => page.evaluate<string[]>(WIDE);
  bob.do({ do: 'say', with: 'alice', text: `${'w'.repeat(400)} ${'\u0301'.repeat(40)}` });
  await page.getByRole('button', { name: /^bob .*unread/ }).click();
  await page.locator('.theirs').waitFor();
  t.notOk(await page.getByRole('navigation').isVisible());
  t.same(await wide(), []);
  await page.getByRole('button', { name: 'Safety number' }).click();
  await page.getByRole('dialog').waitFor();
  t.same(await wide(), []);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Back to the list' }).click();
  await page.getByRole('navigation').waitFor();
  t.notOk(await page.getByRole('main').isVisible());
  t.same(await wide(), []);
});
