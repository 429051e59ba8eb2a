/** Who asks about images: five accounts of one cloud, two of them in organisations. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EC2Client } from '@aws-sdk/client-ec2';
import { type AccountKeys, createAccount } from '../../../src/maintenance.ts';
import { type Amity, startAmity } from '../../support/amity.ts';

/**
 * `grantee` is named by its account, `member` is in an organisation, `unit` in a unit below one; nothing is granted to
 * `stranger`.
 */
export const players = ['owner', 'grantee', 'member', 'unit', 'stranger'] as const;
export type Player = (typeof players)[number];

export interface Cast {
  amity: Amity;
  accounts: Record<Player, AccountKeys>;
  clients: Record<Player, EC2Client>;
  /** All of an organisation, and a unit of another one. */
  organizationArn: string;
  unitArn: string;
}

/** Starts a server with these accounts on a data folder. */
export async function gather(data: string): Promise<Cast> {
  const accounts = {} as Record<Player, AccountKeys>;
  for (const name of players) accounts[name] = await createAccount(data, { name });
  const [management, other] = ['111111111111', '222222222222'];
  const file = join(data, 'organizations.json');
  writeFileSync(
    file,
    JSON.stringify({
      organizations: [
        { id: 'o-wholewhole', managementAccountId: management, accountIds: [accounts.member.accountId] },
        {
          id: 'o-unitunit00',
          managementAccountId: other,
          units: [
            {
              id: 'ou-ab12-11111111',
              units: [{ id: 'ou-ab12-22222222', accountIds: [accounts.unit.accountId] }],
            },
          ],
        },
      ],
    }),
  );
  const amity = await startAmity(data, '--regions', 'us-east-1', '--organizations', file);
  const clients = Object.fromEntries(
    players.map(name => [name, amity.ec2({ keys: accounts[name] })]),
  ) as Cast['clients'];
  return {
    ...{ amity, accounts, clients },
    organizationArn: `arn:aws:organizations::${management}:organization/o-wholewhole`,
    unitArn: `arn:aws:organizations::${other}:ou/o-unitunit00/ou-ab12-11111111`,
  };
}
