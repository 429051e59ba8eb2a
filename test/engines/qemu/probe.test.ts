import { describe, expect, test } from 'vitest';
import { judge, probeAccelerator } from '../../../src/engines/qemu/probe.ts';
import { probeImage } from '../../../src/engines/qemu/probe-image.ts';

const tcg = { exitCode: 151, ms: 400 };

describe('the accelerator probe', () => {
  test.each([
    ['is fast', { exitCode: 151, ms: 200 }, 'kvm'],
    ['is killed at the limit', { exitCode: undefined, ms: 2_510 }, 'tcg'],
    ['aborts', { exitCode: undefined, ms: 60 }, 'tcg'],
    ['fails', { exitCode: 1, ms: 20 }, 'tcg'],
    ['finishes, but slowly', { exitCode: 151, ms: 1_600 }, 'tcg'],
  ])('KVM whose guest %s', (_, kvm, accelerator) => {
    expect(judge(kvm, tcg).accelerator).toBe(accelerator);
  });

  test('KVM may be slower on a machine that is busy, as TCG is then', () => {
    expect(judge({ exitCode: 151, ms: 2_000 }, { exitCode: 151, ms: 900 }).accelerator).toBe('kvm');
  });

  test('what is configured is not probed', async () => {
    const answer = await probeAccelerator({ accelerator: 'kvm', qemu: '/nowhere', cacheFile: '/nowhere' });
    expect(answer).toEqual({ accelerator: 'kvm', reason: 'set by the configuration' });
  });

  test('its guest is a boot sector', () => {
    expect(probeImage()).toHaveLength(512);
    expect(probeImage().readUInt16BE(510)).toBe(0x55aa);
  });
});
