import { expect, test } from 'vitest';
import { readError, readListPage } from '../../../../src/stores/objects/s3/answers.ts';
import { MalformedXml, parseXml } from '../../../../src/stores/objects/s3/xml.ts';

test('elements, text, escapes and empty elements are read', () => {
  const document = '<?xml version="1.0"?>\n<a x="1"><b>&lt;&#65;&#x42;&amp;amp;</b><c/><b />tail</a>\n';
  expect(parseXml(document)).toEqual({
    name: 'a',
    text: 'tail',
    children: [
      { name: 'b', text: '<AB&amp;', children: [] },
      { name: 'c', text: '', children: [] },
      { name: 'b', text: '', children: [] },
    ],
  });
});

test.each([
  '',
  'text',
  '<a>',
  '<a></b>',
  '<a/><b/>',
  '<a></a>tail',
  '</a>',
  '<a><b></a></b>',
  '<a>&unknown;</a>',
  '<a>&#x110000;</a>',
  '<a>& </a>',
  '<a><!-- --></a>',
  '<a><![CDATA[x]]></a>',
  '<!DOCTYPE a><a/>',
  '<a><?p?></a>',
  '<a b=c></a>',
  '<a>'.repeat(20) + '</a>'.repeat(20),
])('%j is refused', document => {
  expect(() => parseXml(document)).toThrow(MalformedXml);
});

test('the keys of a list are unescaped as the server says they were escaped', () => {
  const list = (encoding: string) =>
    `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>${encoding}
     <Contents><Key>a%2Bb+c&amp;</Key><LastModified>x</LastModified><Size>12</Size></Contents></ListBucketResult>`;
  expect(readListPage(list('')).objects).toEqual([{ key: 'a%2Bb+c&', size: 12 }]);
  expect(readListPage(list('<EncodingType>url</EncodingType>')).objects).toEqual([
    { key: 'a+b c&', size: 12 },
  ]);
});

test('an error has a code; anything else is no error of S3', () => {
  expect(readError('<Error><Code>NoSuchKey</Code><Message>gone</Message></Error>')).toEqual({
    code: 'NoSuchKey',
    message: 'gone',
  });
  for (const other of ['', '<html></html>', '<Error></Error>', '<Error><Code>a</Code><Code>b</Code></Error>'])
    expect(readError(other)).toBeUndefined();
});
