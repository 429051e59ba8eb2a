import { expect, test } from 'vitest';
import { Refusal, sentence } from '../../cli/errors.ts';

test('a server that is not there is explained, also behind several addresses', () => {
  const refused = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
  expect(sentence(refused)).toContain('npm run up');
  expect(sentence(new AggregateError([refused]))).toContain('npm run up');
  expect(sentence(new Error('outer', { cause: refused }))).toContain('npm run up');
});

test('an answer of the API is told with its code', () => {
  const answer = Object.assign(new Error('The image is gone'), {
    name: 'InvalidAMIID.NotFound',
    $fault: 'client',
  });
  expect(sentence(answer)).toBe('the server answered InvalidAMIID.NotFound: The image is gone');
});

test('a refusal is its own sentence', () => {
  expect(sentence(new Refusal('Say yes.'))).toBe('Say yes.');
});

test('a wait that failed is told with the reason of what was waited for', () => {
  const seen = { Instances: [{ StateReason: { Code: 'Server.InternalError', Message: 'It "broke"' } }] };
  const message = JSON.stringify({ state: 'FAILURE', reason: { Reservations: [seen] } });
  expect(sentence(new Error(message))).toContain('It');
  expect(sentence(new Error(message))).not.toContain('Reservations');
  expect(sentence(new Error('{"state":"TIMEOUT","reason":"Waiter has timed out"}'))).toContain(
    'did not come about',
  );
});
