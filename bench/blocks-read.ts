export { replayRows as run } from './blocks/replay.ts';
