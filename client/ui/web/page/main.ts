import { Drawing } from './drawing.js';
import { onKey } from './keys.js';
import { Page } from './page.js';
import { Stream } from './stream.js';

const page = new Page(() => drawing.due());
const drawing = new Drawing(page);

const stream = new Stream({
  model: (model) => page.took(model),
  entry(entry) {
    page.heard(entry);
    // What has ended is not asked for again.
    if (page.model.state === 'closed') stream.close();
  },
  gone(forGood) {
    page.ui.stream = forGood ? 'gone' : 'lost';
    drawing.due();
  },
  replaced() {
    page.ui.stream = 'replaced';
    drawing.due();
  },
});

document.addEventListener('keydown', (event) => onKey(page, event));
document.addEventListener('visibilitychange', () => drawing.due());
drawing.due();
