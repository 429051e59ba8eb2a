/** What is not served is refused by name, through the wire, with what to do instead where there is something. */
import { expect, test } from 'vitest';
import { operations } from '../../src/operations/ec2/index.ts';
import { insteadOf } from '../../src/operations/ec2/instead-of.ts';
import { loadModel } from '../../src/protocols/model.ts';
import { changed, options, sendForm, useToyEdge } from './toy-edge.ts';

Object.assign(options, { services: { ...options.services, ec2: operations } });
useToyEdge();

const served = new Set(operations.map(operation => operation.name));
const { actions } = loadModel('ec2');
const refused = actions.filter(action => !served.has(action));

test('every action of EC2 that is not served is refused by its name, and none seems to succeed', async () => {
  expect(served.size + refused.length).toBe(actions.length);
  const wrong: string[] = [];
  for (const action of refused) {
    const { status, text } = await sendForm(`Action=${action}&Version=2016-11-15`, 'ec2');
    const remedy = insteadOf[action];
    const message = `The action ${action} is not valid for this web service.${remedy ? ` ${remedy}` : ''}`;
    const error = `<Errors><Error><Code>InvalidAction</Code><Message>${message}</Message></Error></Errors>`;
    if (status !== 400 || !text.includes(error)) wrong.push(`${action}: ${status} ${text}`);
  }
  expect(wrong).toEqual([]);
  expect(changed).toEqual([]);
});

test('every action about images, snapshots and volumes that is not served says what to do instead', () => {
  const about = /Image|Snapshot|Bundle|ProductInstance|FastLaunch|Volume|ConversionTask|ImportInstance/;
  expect(refused.filter(action => about.test(action) && !Object.hasOwn(insteadOf, action))).toEqual([]);
});

test('what to do instead is said of no action that is served, and names only actions that are', () => {
  expect(Object.keys(insteadOf).filter(action => !refused.includes(action))).toEqual([]);
  const named = Object.values(insteadOf).flatMap(remedy => remedy.match(/\b[A-Z][a-z]+[A-Z]\w+/g) ?? []);
  const known = new Set([...served, 'InstanceType']);
  expect(named.filter(name => !known.has(name))).toEqual([]);
});
