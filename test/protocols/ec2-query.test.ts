import { describe, expect, it } from 'vitest';
import { ApiError } from '../../src/domain/errors.ts';
import { ec2Query } from '../../src/protocols/ec2-query.ts';
import { loadModel } from '../../src/protocols/model.ts';
import type { WireRequest } from '../../src/protocols/wire.ts';
import { randomNumbers } from './fuzz-model.ts';

const protocol = ec2Query(loadModel('ec2'));
const served = new Set(loadModel('ec2').actions.filter(action => action !== 'CreateVpc'));

function post(body: string | Buffer): WireRequest {
  return { method: 'POST', path: '/', query: '', headers: new Map(), body: Buffer.from(body as string) };
}

const input = (body: string) => protocol.open(post(body), served).input();
const answer = (body: string, output: unknown) =>
  String(protocol.open(post(body), served).respond(output, 'id-1').body);

function refused(body: string | Buffer): string {
  try {
    protocol.open(post(body), served).input();
  } catch (error) {
    if (error instanceof ApiError) return `${error.status} ${error.code}: ${error.message}`;
    throw error;
  }
  return 'not refused';
}

describe('input', () => {
  it('takes the wire names of EC2, which differ from the member names', () => {
    expect(
      input(
        'Action=DescribeImages&Version=2016-11-15&ExecutableBy.1=self&Owner.1=amazon&ImageId.1=ami-1&Filter.1.Name=name&Filter.1.Value.1=a%20b&Filter.1.Value.2=c%2Bd',
      ),
    ).toEqual({
      ExecutableUsers: ['self'],
      Owners: ['amazon'],
      ImageIds: ['ami-1'],
      Filters: [{ Name: 'name', Values: ['a b', 'c+d'] }],
    });
    expect(input('Action=CreateTags&ResourceId.1=ami-1&Tag.1.Key=k&Tag.1.Value=v')).toEqual({
      Resources: ['ami-1'],
      Tags: [{ Key: 'k', Value: 'v' }],
    });
    expect(input('Action=DescribeImportImageTasks&Filters.1.Name=n')).toEqual({ Filters: [{ Name: 'n' }] });
  });

  it('reads parameters from the query string as from a form, so that presigned URLs work', () => {
    const request = {
      ...post(''),
      method: 'GET',
      query: 'Action=DescribeRegions&AllRegions=true&X-Amz-Signature=00&X-Amz-Date=x&AWSAccessKeyId=AKIA',
    };
    expect(protocol.open(request, served).input()).toEqual({ AllRegions: true });
  });

  it.each([
    ['DryRun=TRUE', { DryRun: true }],
    ['DryRun=false', { DryRun: false }],
    ['Size=-1', { Size: -1 }],
  ])('reads the typed scalar %s', (parameter, expected) => {
    expect(input(`Action=CreateVolume&AvailabilityZone=a&${parameter}`)).toMatchObject(expected);
  });

  it.each([
    ['2024-05-10T13:17:12.000Z', '2024-05-10T13:17:12.000Z'],
    ['2024-05-10T13:17:12', '2024-05-10T13:17:12.000Z'],
    ['2024-05-10T15:17:12%2B02:00', '2024-05-10T13:17:12.000Z'],
    ['2024-05-10', '2024-05-10T00:00:00.000Z'],
  ])('reads the time %s', (text, expected) => {
    expect(input(`Action=EnableImageDeprecation&ImageId=ami-1&DeprecateAt=${text}`)).toMatchObject({
      DeprecateAt: new Date(expected),
    });
  });

  it('orders list items by index, gaps allowed', () => {
    expect(input('Action=DescribeImages&ImageId.10=c&ImageId.2=b&ImageId.1=a')).toEqual({
      ImageIds: ['a', 'b', 'c'],
    });
  });

  it('takes empty scalars, and structures of nothing else, for absent', () => {
    expect(
      input(
        'Action=RunInstances&ImageId=ami-1&MinCount=1&MaxCount=1&SubnetId=&IamInstanceProfile.Name=&Placement.AvailabilityZone=',
      ),
    ).toEqual({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1 });
    expect(input('Action=CopyImage&Name=abc&SourceImageId=ami-1&SourceRegion=eu-west-1&KmsKeyId=')).toEqual({
      Name: 'abc',
      SourceImageId: 'ami-1',
      SourceRegion: 'eu-west-1',
    });
  });

  it('keeps the empty strings that mean something', () => {
    expect(
      input(
        'Action=CreateImage&InstanceId=i-1&Name=abc&BlockDeviceMapping.1.DeviceName=sdb&BlockDeviceMapping.1.NoDevice=',
      ),
    ).toMatchObject({ BlockDeviceMappings: [{ DeviceName: 'sdb', NoDevice: '' }] });
    expect(input('Action=CreateTags&ResourceId.1=ami-1&Tag.1.Key=k&Tag.1.Value=')).toMatchObject({
      Tags: [{ Key: 'k', Value: '' }],
    });
    expect(input('Action=ModifyImageAttribute&ImageId=ami-1&Description.Value=')).toMatchObject({
      Description: { Value: '' },
    });
    expect(input('Action=DescribeImages&ImageId.1=')).toEqual({ ImageIds: [''] });
  });

  it.each([
    ['', '400 MissingAction: The request must contain the parameter Action'],
    ['Action=CreateVpc', '400 InvalidAction: The action CreateVpc is not valid for this web service.'],
    ['Action=toString', '400 InvalidAction: The action toString is not valid for this web service.'],
    ['Action=DescribeImages&Foo=1', '400 UnknownParameter: The parameter Foo is not recognized'],
    [
      'Action=DescribeImages&Filter.1.Nam=1',
      '400 UnknownParameter: The parameter Filter.1.Nam is not recognized',
    ],
    [
      'Action=DescribeImages&ImageId.member.1=a',
      '400 UnknownParameter: The parameter ImageId.member is not recognized',
    ],
    [
      'Action=DescribeImages&__proto__.x=1',
      '400 UnknownParameter: The parameter __proto__ is not recognized',
    ],
    ['Action=DeregisterImage', '400 MissingParameter: The request must contain the parameter ImageId'],
    [
      'Action=DeregisterImage&ImageId=',
      '400 MissingParameter: The request must contain the parameter ImageId',
    ],
    [
      'Action=CreateTags&Tag.1.Key=k',
      '400 MissingParameter: The request must contain the parameter ResourceId',
    ],
    [
      'Action=CreateVolume&Size=ten',
      '400 InvalidParameterValue: Value (ten) for parameter Size is invalid. Expecting an integer.',
    ],
    [
      'Action=CreateVolume&Size=9007199254740993',
      '400 InvalidParameterValue: Value (9007199254740993) for parameter Size is invalid. Expecting an integer.',
    ],
    [
      'Action=CreateVolume&DryRun=1',
      '400 InvalidParameterValue: Value (1) for parameter DryRun is invalid. Expecting true or false.',
    ],
    [
      'Action=EnableImageDeprecation&DeprecateAt=2024-02-30',
      '400 InvalidParameterValue: Value (2024-02-30) for parameter DeprecateAt is invalid. Expecting a time such as 2024-05-10T13:17:12.000Z.',
    ],
    [
      'Action=DescribeImages&ImageId=ami-1',
      '400 InvalidParameterValue: Value (ami-1) for parameter ImageId is invalid. Expecting a list: write ImageId.1.',
    ],
    [
      'Action=DescribeImages&ImageId.10001=ami-1',
      '400 InvalidParameterValue: Value (10001) for parameter ImageId is invalid. Expecting an index of at most 10000.',
    ],
    [
      'Action=DescribeImages&NextToken=a&NextToken=b',
      '400 InvalidParameterCombination: The parameter NextToken is given more than once',
    ],
    [
      'Action=DescribeImages&NextToken=%00',
      '400 InvalidCharacter: The parameter NextToken holds a character that is not allowed',
    ],
    [
      'Action=DescribeImages&NextToken=%zz',
      '400 MalformedQueryString: The query string contains a syntax error: a percent-encoding is not valid UTF-8',
    ],
    [
      'Action=DescribeImages&Version=latest',
      '400 InvalidParameterValue: Value (latest) for parameter Version is invalid. Expecting a date.',
    ],
  ])('refuses %s', (body, expected) => {
    expect(refused(body)).toBe(expected);
  });

  it('refuses more parameters and deeper names than any client sends', () => {
    const many = Array.from({ length: 10_001 }, (_, index) => `ImageId.${index}=a`).join('&');
    expect(refused(`Action=DescribeImages&${many}`)).toMatch(/^400 MalformedQueryString/);
    expect(refused(`Action=DescribeImages&${'a.'.repeat(40)}b=1`)).toMatch(/nested too deeply/);
    expect(refused(`Action=DescribeImages&${'a'.repeat(600)}=1`)).toMatch(/too long/);
    expect(refused(Buffer.from([0x41, 0xff]))).toMatch(/not valid UTF-8/);
  });

  it('answers hostile bodies with errors of the API only, and in bounded time', () => {
    const random = randomNumbers(20_240_510);
    const pieces = [
      'Action',
      '=',
      '&',
      'DescribeImages',
      'RunInstances',
      'Filter',
      '.',
      '1',
      '0',
      '-1',
      '9999',
      'Name',
    ];
    const strange = [
      '%',
      '%00',
      '%C3%28',
      'é',
      '\u{10ffff}',
      '__proto__',
      'constructor',
      '+',
      ' ',
      '..',
      'Value',
      'ImageId',
    ];
    const started = performance.now();
    for (let round = 0; round < 3000; round++) {
      const parts = Array.from({ length: random(40) }, () => [...pieces, ...strange][random(24)]!);
      const body = `${random(3) ? 'Action=RunInstances&' : ''}${parts.join('')}`;
      expect(refused(body)).toMatch(/^(400 \w+: .{1,400}|not refused)$/su);
    }
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(Object.getPrototypeOf({})).toBe(Object.prototype);
  });
});

describe('answers', () => {
  it('have the request id first, empty lists as empty elements and nothing for what is absent', () => {
    const output = { Images: [], NextToken: undefined };
    expect(answer('Action=DescribeImages&Version=2016-11-15', output)).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<DescribeImagesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><requestId>id-1</requestId><imagesSet/></DescribeImagesResponse>',
    );
  });

  it('echo the older version a client asked for in the namespace', () => {
    expect(answer('Action=DescribeImages&Version=2009-11-30', {})).toContain(
      'xmlns="http://ec2.amazonaws.com/doc/2009-11-30/"',
    );
  });

  it('say true where the action has no result', () => {
    expect(answer('Action=DeleteVolume&VolumeId=vol-1', undefined)).toContain(
      '</requestId><return>true</return></DeleteVolumeResponse>',
    );
  });

  it('escape text, drop what XML cannot hold and give times with milliseconds', () => {
    const output = {
      Volumes: [{ VolumeId: 'a<b>&"c"\r\u0001\ud800é', CreateTime: new Date('2024-05-10T13:17:12Z') }],
    };
    expect(answer('Action=DescribeVolumes', output)).toContain(
      '<volumeId>a&lt;b&gt;&amp;&quot;c&quot;&#xD;é</volumeId>',
    );
    expect(answer('Action=DescribeVolumes', output)).toContain(
      '<createTime>2024-05-10T13:17:12.000Z</createTime>',
    );
  });

  it('put errors in the envelope without a namespace', () => {
    const { status, body, headers } = protocol.refuse(new ApiError('Some.Code', 'a < b', 403), 'id-2');
    expect(status).toBe(403);
    expect(headers['content-type']).toBe('text/xml;charset=UTF-8');
    expect(body).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<Response><Errors><Error><Code>Some.Code</Code><Message>a &lt; b</Message></Error></Errors><RequestID>id-2</RequestID></Response>',
    );
  });
});
