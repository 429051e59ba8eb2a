import { expect, test } from 'vitest';
import { plain } from '../../cli/progress.ts';

test('in a log a step is a line, and so is each quarter of it', () => {
  let text = '';
  const progress = plain({
    write(chunk: string | Uint8Array) {
      text += chunk;
      return true;
    },
  });
  progress.step('Uploading');
  for (let portion = 0; portion <= 10; portion++) progress.portion(portion / 10);
  progress.end('Done');
  expect(text).toBe('Uploading\n  25 %\n  50 %\n  75 %\n  100 %\nDone\n');
});
