import { test, type Test } from 'tap';
import { noBrowser, TestBrowser } from '../../../support/browser.js';
import { OpenPage } from '../../../support/open-page.js';
import { connect, Scene } from '../../../support/scene.js';

async function scene(t: Test, colorScheme: 'light' | 'dark') {
  const open = await Scene.open(t.testdir(), { users: ['alice', 'bob', 'user3'] });
  t.teardown(() => open.close());
  const browser = await TestBrowser.start(t);
  const alice = await OpenPage.open(t, open, 'alice');
  const [bob, other] = [await open.logIn('bob'), await open.logIn('user3')];
  const page = await browser.open(alice.address, { colorScheme });
  await page.getByRole('status').filter({ hasText: 'Online' }).first().waitFor();
  return { alice, bob, other, page };
}

/** Of all texts that are seen: those whose contrast with what they lie on is less than 4.5 (WCAG 2.2, 1.4.3). */
const PALE = `(() => {
  const parts = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const over = ([r, g, b, a = 1], below) => [r, g, b].map((value, at) => value * a + below[at] * (1 - a));
  const light = (colour) => colour.map((value) => value / 255)
    .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
    .reduce((sum, value, at) => sum + value * [0.2126, 0.7152, 0.0722][at], 0);
  const groundOf = (element) => {
    if (!element) return [255, 255, 255];
    const colour = parts(getComputedStyle(element).backgroundColor);
    return colour[3] === 0 ? groundOf(element.parentElement) : over(colour, groundOf(element.parentElement));
  };
  const faint = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '');
    if (!own || element.closest('.spoken, .skip, :disabled') || !element.checkVisibility()) continue;
    const ground = groundOf(element);
    let opacity = 1;
    for (let at = element; at; at = at.parentElement) opacity *= Number(getComputedStyle(at).opacity);
    const [r, g, b, a = 1] = parts(getComputedStyle(element).color);
    const [one, other] = [light(over([r, g, b, a * opacity], ground)), light(ground)].sort((x, y) => y - x);
    const contrast = (one + 0.05) / (other + 0.05);
    if (contrast < 4.5) faint.push([element.className, element.innerText.slice(0, 20), contrast.toFixed(2)].join(' '));
  }
  return faint;
})()`;

/** Controls that have no name for those who hear the page, and ids that are there twice. */
const NAMELESS = `(() => {
  const name = (element) => element.getAttribute('aria-label') || element.textContent
    || [...(element.labels ?? [])].map((label) => label.textContent).join('');
  const nameless = [...document.querySelectorAll('button, input, textarea, progress, a, dialog[open], nav, main')]
    .filter((element) => !name(element).trim() && !element.hasAttribute('aria-labelledby'))
    .map((element) => element.outerHTML);
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  const named = [...document.querySelectorAll('[aria-describedby], dialog[open][aria-labelledby]')]
    .map((element) => element.getAttribute('aria-describedby') ?? element.getAttribute('aria-labelledby'));
  return [...nameless, ...ids.filter((id, at) => ids.indexOf(id) !== at), ...named.filter((id) => !ids.includes(id))];
})()`;

for (const colorScheme of ['light', 'dark'] as const) {
  test(`each control has a name and each text is seen: ${colorScheme}`, { skip: noBrowser }, async (t) => {
    const { alice, bob, other, page } = await scene(t, colorScheme);
    const clear = async (where: string) => {
      t.same(await page.evaluate<string[]>(NAMELESS), [], where);
      t.same(await page.evaluate<string[]>(PALE), [], where);
    };
    await clear('nothing chosen');
    await connect(bob, alice.actor);
    other.do({ do: 'chat', with: 'alice' });
    bob.do({ do: 'say', with: 'alice', text: 'hello' });
    bob.do({ do: 'sign', with: 'alice' });
    await page.getByRole('button', { name: /^bob .*unread/ }).click();
    await page.locator('#composer').fill('hi');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Agree and sign' }).waitFor();
    await page.locator('.mine').waitFor();
    await page.getByRole('button', { name: /^Accept/ }).waitFor();
    await clear('a chat, and requests');
    for (const button of ['Safety number', /^Your key/, 'End the client']) {
      await page.getByRole('button', { name: button }).first().click();
      await page.getByRole('dialog').waitFor();
      await clear(String(button));
      await page.keyboard.press('Escape');
    }
  });
}
