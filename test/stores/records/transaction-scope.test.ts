import { expect, it } from 'vitest';
import { withinScope } from '../../../src/stores/records/transaction-scope.ts';

it('gives up a transaction that waits for something else', async () => {
  let current = () => 'connection';
  const stuck = withinScope(
    'connection',
    given => {
      current = given;
      return new Promise<never>(() => {});
    },
    10,
  );
  await expect(stuck).rejects.toThrow('it must await nothing but its own records');
  expect(current).toThrow('it must await nothing but its own records');
});

it('answers the connection until the work has ended', async () => {
  const given = await withinScope('connection', async current => {
    expect(current()).toBe('connection');
    return current;
  });
  expect(given).toThrow('The transaction has ended');
});
