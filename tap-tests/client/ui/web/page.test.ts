import type { Page } from 'playwright-core';
import { test, type Test } from 'tap';
import { TrustStore } from '../../../../client/engine/trust-store.js';
import { noBrowser, TestBrowser } from '../../../support/browser.js';
import { OpenPage } from '../../../support/open-page.js';
import { Scene } from '../../../support/scene.js';
import { until } from '../../../support/until.js';

async function scene(t: Test) {
  const open = await Scene.open(t.testdir(), { users: ['alice', 'bob', 'user3'] });
  t.teardown(() => open.close());
  const browser = await TestBrowser.start(t);
  const window = async (name: string, options = {}) => {
    const client = await OpenPage.open(t, open, name, options);
    const page = await browser.open(client.address);
    await sees(page, 'status', 'Online');
    return { client, page };
  };
  return { scene: open, browser, window };
}

const sees = (page: Page, role: 'status' | 'alert' | 'log' | 'main' | 'dialog', text: string | RegExp) =>
  page.getByRole(role).filter({ hasText: text }).first().waitFor();

const press = (page: Page, name: string | RegExp) => page.getByRole('button', { name }).first().click();

/** As a person does: all by the keyboard. */
async function write(page: Page, text: string): Promise<void> {
  await page.locator('#composer').focus();
  for (const [at, line] of text.split('\n').entries()) {
    if (at > 0) await page.keyboard.press('Shift+Enter');
    await page.keyboard.type(line);
  }
  await page.keyboard.press('Enter');
}

async function call(caller: Page, name: string, receiver: Page, own: string): Promise<void> {
  await caller.getByRole('textbox', { name: /^New conversation/ }).fill(name);
  await caller.keyboard.press('Enter');
  await receiver.getByRole('button', { name: `Accept: the chat with ${own}` }).click();
  await Promise.all([caller, receiver].map((page) => page.locator('#composer:not([readonly])').waitFor()));
}

test('alice and bob chat in two windows', { skip: noBrowser }, async (t) => {
  const { browser, window } = await scene(t);
  const [alice, bob] = [await window('alice'), await window('bob')];
  await call(alice.page, 'bob', bob.page, 'alice');
  await write(alice.page, 'hello\nbob');
  await sees(bob.page, 'log', 'hello\nbob');
  await alice.page.locator('.is-delivered').waitFor();
  await write(bob.page, 'hi alice');
  await sees(alice.page, 'log', 'hi alice');
  t.same(await alice.page.locator('.text > .bubble > p').allInnerTexts(), ['hello\nbob', 'hi alice'], 'in this order, lines as typed');
  t.match(await alice.page.locator('.head').innerText(), 'First use');

  await press(alice.page, 'Safety number');
  const number = await alice.page.locator('dialog .digits').innerText();
  t.match(bob.client.actor.events.find(({ event }) => event === 'chat'), { safetyNumber: number.replace(/\s+/g, ' ').trim() });
  await press(alice.page, 'We compared it');
  await alice.page.locator('.head .badge', { hasText: 'Verified' }).waitFor();
  await alice.page.keyboard.press('Escape');

  await press(alice.page, 'Sign');
  await press(alice.page, 'Propose it');
  await press(bob.page, 'Agree and sign');
  await Promise.all([alice, bob].map(({ page }) => page.locator('.head .badge', { hasText: 'Signed' }).waitFor()));
  await write(bob.page, 'I take it');
  await alice.page.locator('.theirs .seal').waitFor();

  await alice.page.close();
  await write(bob.page, 'still there?');
  await alice.client.actor.next('message', ({ text }) => text === 'still there?');
  const again = await browser.open(await alice.client.another());
  await again.getByRole('button', { name: /^bob .*1 unread/ }).waitFor();
  t.equal(await again.title(), '(1) MessageApp – alice');
  await again.getByRole('button', { name: /^bob .*1 unread/ }).click();
  await sees(again, 'log', 'still there?');
  t.same(await again.locator('.text > .bubble > p').allInnerTexts(), ['hello\nbob', 'hi alice', 'I take it', 'still there?']);

  await press(bob.page, 'Leave');
  await sees(again, 'log', /bob has left/i);
  await press(again, 'End the client');
  await again.getByRole('dialog').getByRole('button', { name: /End/ }).click();
  await until('the client ends', () => alice.client.status === 0);
  await again.getByText('The client has ended').first().waitFor();
  t.same(browser.problems, []);
});

test('a room of three', { skip: noBrowser }, async (t) => {
  const { browser, window } = await scene(t);
  const [alice, bob, other] = [await window('alice'), await window('bob'), await window('user3')];
  await alice.page.getByRole('textbox', { name: /^New conversation/ }).fill('#kitchen');
  await alice.page.keyboard.press('Enter');
  await press(alice.page, 'Members');
  for (const [name, { page }] of [['bob', bob], ['user3', other]] as const) {
    await alice.page.getByRole('textbox', { name: 'Name of whom to invite' }).fill(name);
    await alice.page.keyboard.press('Enter');
    await press(page, 'Enter: the room kitchen');
  }
  await alice.page.locator('dialog .members li', { hasText: /user3[^]*has the keys/ }).waitFor();
  const numbers = async (page: Page) => page.locator('dialog .room-number .digits').innerText();
  await Promise.all([bob, other].map(({ page }) => press(page, 'Members')));
  await until('one epoch', () => [alice, bob, other].every(({ client: { actor } }) =>
    actor.events.some((event) => event.event === 'secured' && event.members.length === 3)));
  const all = [...new Set(await Promise.all([alice, bob, other].map(({ page }) => numbers(page))))];
  t.equal(all.length, 1, 'all see the same number');
  await Promise.all([alice, bob, other].map(({ page }) => page.keyboard.press('Escape')));
  for (const { page, client } of [alice, bob, other]) await write(page, `here is ${client.actor.name}`);
  for (const { page } of [alice, bob, other]) {
    for (const name of ['alice', 'bob', 'user3']) await sees(page, 'log', `here is ${name}`);
  }
  await press(alice.page, 'Members');
  await press(alice.page, 'Remove user3');
  await alice.page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click();
  await other.page.getByText('You are not in #kitchen').first().waitFor();
  await alice.page.keyboard.press('Escape');
  await write(alice.page, 'between us');
  await sees(bob.page, 'log', 'between us');
  t.notMatch(await other.page.getByRole('main').innerText(), 'between us');
  t.same(browser.problems, []);
});

test('a changed key stops the chat, until a person has compared the number', { skip: noBrowser }, async (t) => {
  const { browser, window } = await scene(t);
  const trust = TrustStore.inMemory();
  const since = '2026-01-01T00:00:00.000Z';
  await trust.put({ server: '127.0.0.1', username: 'bob', fingerprint: '5a'.repeat(32), compared: true, since });
  const [alice, bob] = [await window('alice', { trust }), await window('bob')];
  const attempt = async () => {
    await press(alice.page, 'Chat with bob');
    await bob.page.getByRole('button', { name: 'Accept: the chat with alice' }).click();
  };
  await attempt();
  await sees(alice.page, 'alert', 'The key of bob has changed');
  const composer = alice.page.locator('#composer');
  t.ok(await composer.getAttribute('readonly') !== null);
  await composer.focus();
  await alice.page.keyboard.type('must not go');
  await alice.page.keyboard.press('Enter');
  const approve = alice.page.getByRole('button', { name: 'We compared the new number: trust it' });
  t.ok(await approve.isDisabled(), 'not before it is said that the number was compared');
  await alice.page.getByRole('checkbox').check();
  await approve.click();
  await alice.client.actor.next('trusted');
  await attempt();
  await alice.page.locator('#composer:not([readonly])').waitFor();
  await write(alice.page, 'now it goes');
  await sees(bob.page, 'log', 'now it goes');
  t.same(bob.client.actor.events.flatMap((event) => (event.event === 'message' ? [event.text] : [])), ['now it goes']);
  t.same(browser.problems, []);
});

test('a lost connection is said with a countdown, and the chat goes on', { skip: noBrowser }, async (t) => {
  const { scene: open, browser, window } = await scene(t);
  const [alice, bob] = [await window('alice'), await window('bob')];
  await call(alice.page, 'bob', bob.page, 'alice');
  await write(alice.page, 'before');
  await alice.page.locator('.is-delivered').waitFor();
  await open.server.close();
  await alice.page.getByText(/next try in \d+ s/i).waitFor();
  await alice.page.locator('#composer[readonly]').waitFor();
  await open.restart();
  await Promise.all([alice, bob].map(({ page }) => page.locator('#composer:not([readonly])').waitFor({ timeout: 20_000 })));
  await write(bob.page, 'behind');
  await sees(alice.page, 'log', 'behind');
  t.same(browser.problems, []);
});
