/** A bit for each segment up to `last`: whether it lives. Later ones do in any case. */
export function segmentMarks(last: number) {
  const bits = new Uint8Array(Math.floor(last / 8) + 1);
  return {
    mark(segment: number) {
      if (segment <= last) bits[Math.floor(segment / 8)]! |= 1 << (segment % 8);
    },
    isLive: (segment: number) =>
      segment > last || (bits[Math.floor(segment / 8)]! & (1 << (segment % 8))) !== 0,
  };
}
