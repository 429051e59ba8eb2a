/** Parameters nobody would send by mistake, through the wire to the real operations: each gets an error of the API. */
import {
  CreateTagsCommand,
  DescribeImagesCommand,
  DescribeTagsCommand,
  EC2Client,
  ModifyImageAttributeCommand,
  RegisterImageCommand,
} from '@aws-sdk/client-ec2';
import { beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../src/operations/ec2/index.ts';
import { owner, testRegion } from '../operations/region.ts';
import { anImage, hexId } from '../support/records.ts';
import { clientOptions, errors, options, sendForm, useToyEdge } from './toy-edge.ts';

const region = testRegion();
Object.assign(options, {
  services: { ...options.services, ec2: operations },
  contextFor: () => region.contextOf(owner),
});
useToyEdge();

const imageId = hexId('ami', 1);
let ec2: EC2Client;
beforeAll(async () => {
  ec2 = new EC2Client(clientOptions());
  await region.records.transaction(async records => records.images.put(anImage()));
});

async function answerTo(parameters: string): Promise<string> {
  const { status, text } = await sendForm(`Action=DescribeImages&Version=2016-11-15&${parameters}`, 'ec2');
  expect(errors).toEqual([]);
  const [, code, message] = /<Code>(.*)<\/Code><Message>(.*)<\/Message>/s.exec(text) ?? [];
  return code ? `${status} ${code}: ${message}` : String(status);
}

const invalid = '400 InvalidParameterValue: ';
const unknown = (name: string) => `400 UnknownParameter: The parameter ${name} is not recognized`;

describe('a listing of images', () => {
  test.each([
    ['Filter.1.Value.1=x', `${invalid}The filter 'null' is invalid`],
    [
      'Filter.1=x',
      `${invalid}Value (x) for parameter Filter.1 is invalid. Expecting a structure: name one of its members.`,
    ],
    ['Filter.x.Name=name', unknown('Filter.x')],
    ['Filter.99999999999.Name=name', unknown('Filter.99999999999')],
    ['Filter.__proto__.Name=name', unknown('Filter.__proto__')],
    ['__proto__.polluted=1', unknown('__proto__')],
    ['Filter.1.Name.1=name', unknown('Filter.1.Name.1')],
    ['Filter.1.Name=name&Filter.1.Value.1.x=x', unknown('Filter.1.Value.1.x')],
    [
      'Filter.1.Name=name&Filter.1.Name=state',
      '400 InvalidParameterCombination: The parameter Filter.1.Name is given more than once',
    ],
    [
      'Filter.1.Name=name&Filter.1.Value=x',
      `${invalid}Value (x) for parameter Filter.1.Value is invalid. Expecting a list: write Filter.1.Value.1.`,
    ],
    [
      'Filter.1.Name=name&Filter.1.Value.1=%00',
      '400 InvalidCharacter: The parameter Filter.1.Value.1 holds a character that is not allowed',
    ],
    [
      'Filter.1.Name=name&Filter.1.Value.1=%ff',
      '400 MalformedQueryString: The query string contains a syntax error: a percent-encoding is not valid UTF-8',
    ],
    ['ImageId.1.Nested=x', unknown('ImageId.1.Nested')],
    ['ImageId.1=ami-%EF%BC%90', '400 InvalidAMIID.Malformed: Invalid id: &quot;ami-０&quot;'],
    ['Owner.1=%D9%A1%D9%A2', '400 InvalidUserID.Malformed: Invalid user id: &quot;١٢&quot;'],
    ['MaxResults=abc', `${invalid}Value (abc) for parameter MaxResults is invalid. Expecting an integer.`],
    [
      'MaxResults=99999999999999999999',
      `${invalid}Value (99999999999999999999) for parameter MaxResults is invalid. Expecting an integer.`,
    ],
    [
      'MaxResults=-1',
      `${invalid}Value ( -1 ) for parameter maxResults is invalid. Expecting a value greater than 1.`,
    ],
    [
      'IncludeDisabled=maybe',
      `${invalid}Value (maybe) for parameter IncludeDisabled is invalid. Expecting true or false.`,
    ],
    ['NextToken=%F0%9F%98%80', "400 InvalidNextToken: The token '😀' is invalid"],
    ['Sort=name', unknown('Sort')],
  ])('refuses %s', async (parameters, answer) => {
    expect(await answerTo(parameters)).toBe(answer);
  });

  test.each([
    ['a pattern that is nothing but wildcards', `Filter.1.Name=name&Filter.1.Value.1=${'*a'.repeat(3000)}`],
    ['a pattern that ends in an escape', 'Filter.1.Name=name&Filter.1.Value.1=%5C'],
    ['a tag without a name', 'Filter.1.Name=tag:&Filter.1.Value.1=a'],
  ])(
    'finds nothing, soon, by %s',
    async (_what, parameters) => {
      const { status, text } = await sendForm(
        `Action=DescribeImages&Version=2016-11-15&${parameters}`,
        'ec2',
      );
      expect([status, text.includes('<imagesSet/>')]).toEqual([200, true]);
    },
    2_000,
  );
});

describe('a parameter of ten megabytes', () => {
  const huge = 'é'.repeat(5_000_000);
  test.each([
    ['id', new DescribeImagesCommand({ ImageIds: [huge] })],
    ['filter', new DescribeImagesCommand({ Filters: [{ Name: 'name', Values: [huge] }] })],
    ['token', new DescribeImagesCommand({ NextToken: huge })],
    ['description', new ModifyImageAttributeCommand({ ImageId: imageId, Description: { Value: huge } })],
    ['tag', new CreateTagsCommand({ Resources: [imageId], Tags: [{ Key: 'a', Value: huge }] })],
  ])('is refused: %s', async (_what, command) => {
    await expect(ec2.send(command as never)).rejects.toMatchObject({
      name: 'RequestEntityTooLarge',
      message: 'The request body exceeds the limit of 1048576 bytes',
      $metadata: { httpStatusCode: 413 },
    });
    expect((await ec2.send(new DescribeImagesCommand({}))).Images).toHaveLength(1);
  });

  test('or of nearly one is not given back whole', async () => {
    const large = 'a'.repeat(1_000_000);
    for (const command of [
      new DescribeImagesCommand({ ImageIds: [large] }),
      new DescribeImagesCommand({ Owners: [large] }),
      new DescribeImagesCommand({ NextToken: large }),
      new DescribeImagesCommand({ Filters: [{ Name: large, Values: ['x'] }] }),
      new RegisterImageCommand({ Name: large }),
      new CreateTagsCommand({ Resources: [large], Tags: [{ Key: 'a', Value: 'b' }] }),
      new CreateTagsCommand({ Resources: [imageId], Tags: [{ Key: large, Value: 'b' }] }),
    ]) {
      const error = await ec2.send(command as never).catch((error: Error) => error);
      expect(error).toMatchObject({ $metadata: { httpStatusCode: 400 } });
      expect((error as Error).message.length).toBeLessThan(33_000);
    }
  });
});

describe('text in any script', () => {
  test.each(['😀', 'a\u0301', '\u202e', 'ß<&>"\'', ']]>', '日本語'])('is kept and found: %s', async Value => {
    await ec2.send(new CreateTagsCommand({ Resources: [imageId], Tags: [{ Key: 'ключ', Value }] }));
    const { Tags } = await ec2.send(new DescribeTagsCommand({}));
    expect(Tags).toMatchObject([{ Key: 'ключ', Value }]);
    const Filters = [{ Name: 'tag:ключ', Values: [Value] }];
    expect((await ec2.send(new DescribeImagesCommand({ Filters }))).Images).toHaveLength(1);
  });

  test.each(['\u0000', '\u0001', '\ufffe'])('is refused where XML cannot say it: %j', async Value => {
    const command = new CreateTagsCommand({ Resources: [imageId], Tags: [{ Key: 'a', Value }] });
    await expect(ec2.send(command)).rejects.toMatchObject({
      name: 'InvalidCharacter',
      message: 'The parameter Tag.1.Value holds a character that is not allowed',
    });
  });
});
