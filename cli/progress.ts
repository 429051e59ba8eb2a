import type { WriteStream } from 'node:tty';

/** Tells a person what is going on. Goes to stderr: results alone go to stdout. */
export interface Progress {
  /** A new step begins; the one before is done. */
  step(text: string): void;
  /** How far the step is, 0 to 1. */
  portion(done: number): void;
  /** The last step is done. */
  end(text?: string): void;
}

/** A turning line on a terminal; elsewhere a line for each step. */
export function progressOn(stream: WriteStream | NodeJS.WriteStream): Progress {
  return stream.isTTY ? turning(stream) : plain(stream);
}

export function plain(stream: Pick<NodeJS.WritableStream, 'write'>): Progress {
  let tenths = 0;
  return {
    step(text) {
      tenths = 0;
      stream.write(`${text}\n`);
    },
    portion(done) {
      // A line for every quarter is enough for a log.
      const quarter = Math.floor(done * 4);
      if (quarter > tenths) stream.write(`  ${quarter * 25} %\n`);
      tenths = Math.max(tenths, quarter);
    },
    end(text) {
      if (text) stream.write(`${text}\n`);
    },
  };
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Ours rather than a prompt library's: those hold the keyboard while they turn, and Ctrl-C must reach the command. */
function turning(stream: NodeJS.WritableStream): Progress {
  let text = '';
  let percent = '';
  let began = 0;
  let timer: NodeJS.Timeout | undefined;
  const draw = () => {
    const frame = frames[Math.floor(Date.now() / 100) % frames.length];
    stream.write(`\r\x1b[K${frame} ${text}${percent}`);
  };
  const close = () => {
    if (!timer) return;
    clearInterval(timer);
    timer = undefined;
    stream.write(`\r\x1b[K✓ ${text} (${((Date.now() - began) / 1000).toFixed(1)} s)\n`);
  };
  return {
    step(next) {
      close();
      text = next;
      percent = '';
      began = Date.now();
      timer = setInterval(draw, 100).unref();
      draw();
    },
    portion(done) {
      percent = ` ${Math.floor(done * 100)} %`;
    },
    end(last) {
      close();
      if (last) stream.write(`${last}\n`);
    },
  };
}
