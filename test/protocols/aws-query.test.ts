import { expect, it } from 'vitest';
import { ApiError } from '../../src/domain/errors.ts';
import { awsQuery } from '../../src/protocols/aws-query.ts';
import { loadModel } from '../../src/protocols/model.ts';

const model = loadModel('sts');
const protocol = awsQuery(model, 'https://sts.amazonaws.com/doc/2011-06-15/');

function open(body: string) {
  const request = { method: 'POST', path: '/', query: '', headers: new Map(), body: Buffer.from(body) };
  return protocol.open(request, new Set(model.actions));
}

it('reads lists whose indices follow the name of their items', () => {
  const call = open(
    'Action=AssumeRole&RoleArn=arn&RoleSessionName=name&Tags.member.1.Key=k&Tags.member.1.Value=v',
  );
  expect(call.input()).toEqual({ RoleArn: 'arn', RoleSessionName: 'name', Tags: [{ Key: 'k', Value: 'v' }] });
  const bare = open('Action=AssumeRole&RoleArn=arn&RoleSessionName=name&Tags.1.Key=k');
  expect(() => bare.input()).toThrow('The parameter Tags.1 is not recognized');
});

it('wraps the result, and puts the request id into the metadata', () => {
  const output = { Account: '111122223333', Arn: 'arn:aws:iam::111122223333:root', UserId: '111122223333' };
  expect(open('Action=GetCallerIdentity&Version=2011-06-15').respond(output, 'id-1').body).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult><UserId>111122223333</UserId><Account>111122223333</Account><Arn>arn:aws:iam::111122223333:root</Arn></GetCallerIdentityResult><ResponseMetadata><RequestId>id-1</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
  );
});

it('says in errors whose fault it was', () => {
  const theirs = protocol.refuse(new ApiError('InvalidAction', 'a & b'), 'id-1');
  expect(theirs.body).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>InvalidAction</Code><Message>a &amp; b</Message></Error><RequestId>id-1</RequestId></ErrorResponse>',
  );
  expect(protocol.refuse(new ApiError('X', '', 500), 'id-1').body).toContain('<Type>Receiver</Type>');
});
