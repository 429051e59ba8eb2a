/**
 * What EC2 answers about an image in each state, to each who asks. The words are those of `answers.ts`; a dash is where
 * there is no such image. `unit` and the accounts before it ask about one image, shared with all three; `public` is the
 * stranger, about an image that is everybody's.
 */
const available = `
                     | owner       | grantee     | member      | unit        | stranger    | public
describe             | yes         | yes         | yes         | yes         | unknown     | yes
list                 | yes         | yes         | yes         | yes         | no          | yes
list with disabled   | yes         | yes         | yes         | yes         | no          | yes
list with deprecated | yes         | yes         | yes         | yes         | no          | yes
list by owner        | yes         | yes         | yes         | yes         | no          | yes
list by me           | no          | yes         | yes         | yes         | no          | no
list by all          | no          | no          | no          | no          | no          | yes
list in bin          | no          | no          | no          | no          | no          | no
launch               | yes         | yes         | yes         | yes         | unshared    | yes
copy                 | yes         | storage     | storage     | storage     | unknown     | storage
read description     | yes         | foreign     | foreign     | foreign     | unknown     | foreign
read permissions     | yes         | foreign     | foreign     | foreign     | unknown     | foreign
read products        | yes         | yes         | yes         | yes         | unknown     | yes
read devices         | restricted  | foreign     | foreign     | foreign     | unknown     | foreign
rename               | yes         | foreign     | foreign     | foreign     | unknown     | foreign
share                | yes         | foreign     | foreign     | foreign     | unknown     | foreign
publish              | yes         | foreign     | foreign     | foreign     | unknown     | foreign
reset                | yes         | foreign     | foreign     | foreign     | unknown     | foreign
give back            | unnamed     | yes         | unnamed     | unnamed     | unknown     | unnamed
tag                  | yes         | yes         | yes         | yes         | unknown     | yes
deprecate            | yes         | foreign     | foreign     | foreign     | unknown     | foreign
disable              | yes         | foreign     | foreign     | foreign     | unknown     | foreign
deregister           | yes         | foreign     | foreign     | foreign     | unknown     | foreign
restore              | unknown     | unknown     | unknown     | unknown     | unknown     | unknown
its snapshot         | yes         | no          | no          | no          | no          | no
its volume           | yes         | no snapshot | no snapshot | no snapshot | no snapshot | no snapshot
its end              | in use      | no snapshot | no snapshot | no snapshot | no snapshot | no snapshot`;

/** To all but its owner it is as if there were none: but to those who want to launch it, who learn that they may not. */
const ownersAlone = `
                     | owner       | grantee     | member      | unit        | stranger    | public
describe             | yes         | unknown     | unknown     | unknown     | unknown     | unknown
list                 | yes         | no          | no          | no          | no          | no
list with disabled   | yes         | no          | no          | no          | no          | no
list with deprecated | yes         | no          | no          | no          | no          | no
list by owner        | yes         | no          | no          | no          | no          | no
list by me           | no          | no          | no          | no          | no          | no
list by all          | no          | no          | no          | no          | no          | no
launch               | yes         | unshared    | unshared    | unshared    | unshared    | unshared
copy                 | yes         | unknown     | unknown     | unknown     | unknown     | unknown
read description     | yes         | unknown     | unknown     | unknown     | unknown     | unknown
read permissions     | yes         | unknown     | unknown     | unknown     | unknown     | unknown
read products        | yes         | unknown     | unknown     | unknown     | unknown     | unknown
read devices         | restricted  | unknown     | unknown     | unknown     | unknown     | unknown
rename               | yes         | unknown     | unknown     | unknown     | unknown     | unknown
share                | yes         | unknown     | unknown     | unknown     | unknown     | unknown
publish              | yes         | unknown     | unknown     | unknown     | unknown     | unknown
reset                | yes         | unknown     | unknown     | unknown     | unknown     | unknown
give back            | unnamed     | unknown     | unknown     | unknown     | unknown     | unknown
tag                  | yes         | unknown     | unknown     | unknown     | unknown     | unknown
deprecate            | yes         | unknown     | unknown     | unknown     | unknown     | unknown
disable              | yes         | unknown     | unknown     | unknown     | unknown     | unknown
deregister           | yes         | unknown     | unknown     | unknown     | unknown     | unknown`;

const pending = `
                     | owner       | grantee     | member      | unit        | stranger    | public
launch               | pending     | pending     | pending     | pending     | unshared    | pending
copy                 | unfinished  | unfinished  | unfinished  | unfinished  | unknown     | unfinished
disable              | is pending  | foreign     | foreign     | foreign     | unknown     | foreign
its volume           | not whole   | no snapshot | no snapshot | no snapshot | no snapshot | no snapshot`;

/** It keeps its grants, which are worth nothing. */
const failed = `
                     | owner       | grantee     | member      | unit        | stranger    | public
launch               | gone        | gone        | gone        | gone        | unshared    | gone
copy                 | gone        | unknown     | unknown     | unknown     | unknown     | unknown
share                | failed      | unknown     | unknown     | unknown     | unknown     | unknown
publish              | failed      | unknown     | unknown     | unknown     | unknown     | unknown
disable              | is failed   | unknown     | unknown     | unknown     | unknown     | unknown
its volume           | not whole   | no snapshot | no snapshot | no snapshot | no snapshot | no snapshot
its end              | yes         | no snapshot | no snapshot | no snapshot | no snapshot | no snapshot`;

const disabled = `
                     | owner       | grantee     | member      | unit        | stranger    | public
describe             | no          | unknown     | unknown     | unknown     | unknown     | unknown
list                 | no          | no          | no          | no          | no          | no
list with deprecated | no          | no          | no          | no          | no          | no
list by owner        | no          | no          | no          | no          | no          | no
launch               | gone        | unshared    | unshared    | unshared    | unshared    | unshared
copy                 | gone        | unknown     | unknown     | unknown     | unknown     | unknown
share                | disabled    | unknown     | unknown     | unknown     | unknown     | unknown
publish              | disabled    | unknown     | unknown     | unknown     | unknown     | unknown`;

/** Its snapshot stays, and may go now. */
const deregistered = `
                     | owner       | grantee     | member      | unit        | stranger    | public
describe             | no          | unknown     | unknown     | unknown     | unknown     | unknown
list                 | no          | no          | no          | no          | no          | no
list with disabled   | no          | no          | no          | no          | no          | no
list with deprecated | no          | no          | no          | no          | no          | no
list by owner        | no          | no          | no          | no          | no          | no
launch               | gone        | unshared    | unshared    | unshared    | unshared    | unshared
copy                 | gone        | unknown     | unknown     | unknown     | unknown     | unknown
read description     | gone        | unknown     | unknown     | unknown     | unknown     | unknown
read permissions     | gone        | unknown     | unknown     | unknown     | unknown     | unknown
read products        | gone        | unknown     | unknown     | unknown     | unknown     | unknown
read devices         | gone        | unknown     | unknown     | unknown     | unknown     | unknown
rename               | gone        | unknown     | unknown     | unknown     | unknown     | unknown
share                | gone        | unknown     | unknown     | unknown     | unknown     | unknown
publish              | gone        | unknown     | unknown     | unknown     | unknown     | unknown
reset                | gone        | unknown     | unknown     | unknown     | unknown     | unknown
give back            | gone        | unknown     | unknown     | unknown     | unknown     | unknown
tag                  | unknown     | unknown     | unknown     | unknown     | unknown     | unknown
deprecate            | gone        | unknown     | unknown     | unknown     | unknown     | unknown
disable              | gone        | unknown     | unknown     | unknown     | unknown     | unknown
deregister           | gone        | unknown     | unknown     | unknown     | unknown     | unknown
its end              | yes         | no snapshot | no snapshot | no snapshot | no snapshot | no snapshot`;

const recycled = `
                     | owner       | grantee     | member      | unit        | stranger    | public
list in bin          | yes         | no          | no          | no          | no          | no
tag                  | yes         | unknown     | unknown     | unknown     | unknown     | unknown
restore              | yes         | unknown     | unknown     | unknown     | unknown     | unknown`;

/** Left out of others' listings; whoever knows its id uses it on. */
const deprecated = `
                     | owner       | grantee     | member      | unit        | stranger    | public
list                 | yes         | no          | no          | no          | no          | no
list with disabled   | yes         | no          | no          | no          | no          | no
list by owner        | yes         | no          | no          | no          | no          | no
list by me           | no          | no          | no          | no          | no          | no
list by all          | no          | no          | no          | no          | no          | no`;

const guarded = `
                     | owner       | grantee     | member      | unit        | stranger    | public
deregister           | protected   | foreign     | foreign     | foreign     | unknown     | foreign`;

/** The grantee has been given the snapshot, and everybody that of the public image. */
const withStorage = `
                     | owner       | grantee     | member      | unit        | stranger    | public
copy                 | yes         | yes         | storage     | storage     | unknown     | yes
its snapshot         | yes         | yes         | no          | no          | no          | yes
its volume           | yes         | yes         | no snapshot | no snapshot | no snapshot | yes
its end              | in use      | its owner’s | no snapshot | no snapshot | no snapshot | its owner’s`;

const noPublicSnapshots = `
                     | owner       | grantee     | member      | unit        | stranger    | public
copy                 | yes         | yes         | storage     | storage     | unknown     | storage
its snapshot         | yes         | yes         | no          | no          | no          | no
its volume           | yes         | yes         | no snapshot | no snapshot | no snapshot | no snapshot
its end              | in use      | its owner’s | no snapshot | no snapshot | no snapshot | no snapshot`;

/** What is public stays so. */
const noPublicImages = `
                     | owner       | grantee     | member      | unit        | stranger    | public
publish              | blocked     | foreign     | foreign     | foreign     | unknown     | foreign`;

const underDefaultKey = `
                     | owner       | grantee     | member      | unit        | stranger    | public
share                | default key | unknown     | unknown     | unknown     | unknown     | unknown
publish              | encrypted   | unknown     | unknown     | unknown     | unknown     | unknown`;

const underCustomerKey = `
                     | owner       | grantee     | member      | unit        | stranger    | public
publish              | encrypted   | foreign     | foreign     | foreign     | unknown     | foreign`;

/** To those who allow nobody else's images: they neither find nor launch nor copy one, and may still give it back. */
const notAllowed = `
                     | owner       | grantee     | member      | unit        | stranger    | public
describe             | yes         | unknown     | unknown     | unknown     | unknown     | unknown
list                 | yes         | no          | no          | no          | no          | no
list with disabled   | yes         | no          | no          | no          | no          | no
list with deprecated | yes         | no          | no          | no          | no          | no
list by owner        | yes         | no          | no          | no          | no          | no
list by me           | no          | no          | no          | no          | no          | no
list by all          | no          | no          | no          | no          | no          | no
launch               | yes         | unknown     | unknown     | unknown     | unshared    | unknown
copy                 | yes         | unknown     | unknown     | unknown     | unknown     | unknown`;

/** Each table says only where it differs from the ones before it. */
export const expectations = {
  available: [available],
  pending: [available, pending],
  failed: [available, ownersAlone, failed],
  disabled: [available, ownersAlone, disabled],
  deregistered: [available, ownersAlone, deregistered],
  recycled: [available, ownersAlone, deregistered, recycled],
  restored: [available, ownersAlone],
  deprecated: [available, deprecated],
  'protected from deregistration': [available, guarded],
  'shared with its storage': [available, withStorage],
  'shared with storage nobody may publish': [available, withStorage, noPublicSnapshots],
  'of an account that blocks public images': [available, noPublicImages],
  'encrypted under the default key': [available, ownersAlone, underDefaultKey],
  'encrypted under a customer key': [available, underCustomerKey],
  'not allowed by those who ask': [available, notAllowed],
  'not allowed, in audit mode': [available],
} as const;
export type Situation = keyof typeof expectations;

/** What each is to be told, by question and who asks, in the words of the tables. */
export function expected(situation: Situation): Map<string, Map<string, string>> {
  const answers = new Map<string, Map<string, string>>();
  for (const table of expectations[situation]) {
    const [heads = [], ...rows] = table
      .split('\n')
      .filter(Boolean)
      .map(line => line.split('|').map(cell => cell.trim()));
    for (const [question = '', ...cells] of rows)
      answers.set(question, new Map(cells.map((cell, column) => [heads[column + 1]!, cell])));
  }
  return answers;
}
