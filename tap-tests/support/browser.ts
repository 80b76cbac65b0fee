import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import type { Test } from 'tap';

/** Where distributions put it. */
const places = [process.env['CHROMIUM'] ?? '', '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const found = places.find((place) => place !== '' && existsSync(place));

/** The reason why a test with a browser is skipped, or false: for `{ skip: noBrowser }`. */
export const noBrowser = found === undefined && 'there is no Chromium here (CHROMIUM names one that lies elsewhere)';

const quiet = [
  '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage',
];

/** A browser, and what went wrong in any of its pages. */
export class TestBrowser {
  readonly problems: string[] = [];

  private constructor(private readonly browser: Browser) {}

  static async start(t: Test): Promise<TestBrowser> {
    const browser = await chromium.launch({ executablePath: found!, args: quiet });
    t.teardown(() => browser.close());
    return new TestBrowser(browser);
  }

  /** A person's own window: no cookies of another's. */
  async open(address: string, options: { width?: number; height?: number; colorScheme?: 'light' | 'dark' } = {}): Promise<Page> {
    const { width = 1100, height = 720, colorScheme = 'light' } = options;
    const context = await this.browser.newContext({ viewport: { width, height }, colorScheme, reducedMotion: 'reduce' });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => this.problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') this.problems.push(message.text());
    });
    await page.goto(address);
    return page;
  }
}
