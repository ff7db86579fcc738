import { readFluxValues } from '#adapters/metrics/influxdb/flux-csv.js';
import { readXml } from '#adapters/metrics/http/xml.js';
import { QueryFailure } from '#adapters/metrics/http/failure.js';
import { createGuard, deniedByDefault } from '#adapters/metrics/http/client/guard.js';
import { readListing } from '#adapters/remotes/s3/listing.js';
import { parseFluxEvent } from '#core/alert/flux-event.js';
import { compileCel, compileCelText } from '#core/cel/cel.js';
import { parseReleases } from '#core/gate-trial/releases.js';
import { parseScenarios } from '#core/gate-trial/scenarios.js';
import { parseInventoryEntry } from '#core/gitops/apply/inventory.js';
import { itemOf } from '#core/gitops/build/build-item.js';
import { withImages } from '#core/gitops/build/transform/images.js';
import { parseGitCredentials, parseProxy } from '#core/gitops/source/git/git-credentials.js';
import { ignoreRules } from '#core/gitops/source/ignore-rules.js';
import { parseOciUrl } from '#core/gitops/source/oci/oci-reference.js';
import { parseNotified } from '#core/notify/notified.js';
import { parseLocation } from '#core/plugin/location.js';
import { checkCall } from '#core/receiver/check-call.js';
import { parseRoutingMemory, parseServiceRecords, parseTrafficRecord } from '#core/rollout/traffic/record.js';
import { parseGoTime } from '#core/time/go-parse.js';
import { parseYaml } from '#core/yaml/yaml.js';
import type { Subject } from './subjects.js';

const json = ['{', '}', '[', ']', ':', ',', '"a"', '"name"', 'null', 'true', '1', '-1', '1e999', '"\\u0000"'];
const jsonNests: Subject['nests'] = [
  ['[', ']'],
  ['{"a":', '}'],
];
const numbers = ['0', '1', '-1', '101', '9007199254740993', '1e400', 'NaN', '%'];

/** What the text says as YAML; nothing when it is none. */
const valueOf = (text: string): unknown => {
  const parsed = parseYaml(text);
  return parsed.ok ? parsed.value : undefined;
};

const receivers = [
  'generic',
  'generic-hmac',
  'github',
  'gitlab',
  'bitbucket',
  'harbor',
  'dockerhub',
  'quay',
  'acr',
  'nexus',
  'cdevents',
] as const;
const signing = { hmacHex: () => 'ab', isSame: (a: string, b: string) => a === b };

/** Keeps to the words of whoever refuses: an address that may not be asked is an answer. */
const refusing = (ask: () => void): void => {
  try {
    ask();
  } catch (thrown) {
    if (!(thrown instanceof QueryFailure)) throw thrown;
  }
};

/** Parsers of addresses, images, calls and answers of others, and of what is read back from stored objects. */
export const farSubjects: readonly Subject[] = [
  {
    name: 'names of images',
    parse: (image) =>
      withImages(
        [
          itemOf({
            apiVersion: 'v1',
            kind: 'Pod',
            metadata: { name: 'a' },
            spec: { containers: [{ name: 'c', image }] },
          }),
        ],
        [{ name: 'web', newTag: '2' }],
      ),
    words: ['web', 'registry.test', ':5000', '/', ':', '@', 'sha256:', '0123abcd', '.', '-', '_', ...numbers],
    nests: [
      ['a/', ''],
      [':', ''],
      ['@', ''],
    ],
  },
  {
    name: 'addresses',
    parse: (text) => {
      parseOciUrl(text);
      parseLocation(text, undefined);
      parseProxy({ address: text }, 's');
      parseGitCredentials({ url: text }, { username: 'u', password: 'p' }, 's');
      refusing(() => createGuard(deniedByDefault).check(text));
    },
    words: [
      'oci://',
      'http://',
      'https://',
      'ssh://',
      'file://',
      'git@',
      'a.test',
      ':80',
      '/',
      '?',
      '#',
      '@',
      '%2e',
      '[::1]',
      '..',
      '-',
      '_',
      '.',
      'a',
    ],
    nests: [
      ['oci://a/', ''],
      ['a-', ''],
      ['oci://r/a.', ''],
    ],
  },
  {
    name: 'calls of webhooks',
    parse: (text) => {
      const headers = {
        'x-signature': text,
        'x-hub-signature': text,
        'x-hub-signature-256': `sha256=${text}`,
        'x-github-event': text,
        authorization: text,
      };
      const call = { headers, body: Buffer.from(text) };
      return receivers.map((type) => checkCall(type, call, { token: 't', events: ['push'] }, signing));
    },
    words: [...json, 'sha256=', 'push', '"push_data"', '"repository"', '"tag"', 'Bearer ', '"action"'],
    nests: jsonNests,
  },
  {
    name: 'events that are posted',
    parse: (text) => parseFluxEvent(valueOf(text)),
    words: [...json, '"involvedObject"', '"kind"', '"severity"', '"info"', '"message"', '"timestamp"'],
    nests: jsonNests,
  },
  {
    name: 'expressions in CEL',
    parse: (text) => {
      const given = compileCel(text, ['res', 'req']);
      if (given.ok) given.expression.evaluate({ res: { a: [1, 'b'] }, req: { headers: {} } });
      const told = compileCelText(text, ['res']);
      if (told.ok) told.expression.evaluate({ res: { a: 'x' } });
    },
    words: [
      'res',
      '.a',
      '[0]',
      ' == ',
      ' && ',
      ' || ',
      '!',
      ' ? ',
      ' : ',
      ' in ',
      '.all(x, ',
      '.map(x, ',
      '.exists(x, ',
      'size(',
      'has(',
      '.matches("(a+)+$")',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      "'a'",
      '"b"',
      ' + ',
      ' * ',
      ...numbers,
    ],
    nests: [
      ['(', ')'],
      ['[', ']'],
      ['!', ''],
      ['-', ''],
      ['res ? ', ' : 1'],
      ['size(', ')'],
      ['1 + ', '1'],
    ],
  },
  {
    name: 'files of gates on trial',
    parse: (text) => [parseScenarios(valueOf(text)), parseReleases(valueOf(text))],
    words: [
      'scenarios:\n',
      'releases:\n',
      '- ',
      'name: a\n',
      'at: 2026-01-01T00:00:00Z\n',
      'metrics:\n',
      '  a: [',
      ']\n',
      '1',
      ' x ',
      '~',
      'args: {}\n',
      '    ',
      ...numbers,
    ],
    nests: [
      ['[', ']'],
      ['- ', ''],
      ['{a: ', '}'],
    ],
  },
  {
    name: 'rules of what is left out',
    parse: (text) => ignoreRules(new Map(), text)('a/b.txt'),
    words: ['*', '**', '/', '!', '#', '\\', '?', '[a-', ']', 'a', '.', '\n', ' ', '{', '}', '+('],
    nests: [
      ['**/', ''],
      ['[', ']'],
      ['*a', ''],
    ],
  },
  {
    name: 'moments by a layout of Go',
    parse: (text) => [parseGoTime(text, '2006-01-02T15:04:05.999Z07:00'), parseGoTime('2026-01-01', text)],
    words: [
      '2006',
      '01',
      '02',
      '15',
      '04',
      '05',
      '.000',
      'Z07:00',
      'MST',
      'Jan',
      'Mon',
      'PM',
      '-',
      'T',
      '_2',
    ],
    nests: [
      ['2006', ''],
      ['.0', ''],
    ],
  },
  {
    name: 'XML of clouds',
    parse: (text) => {
      refusing(() => void readXml(text));
      refusing(() => void readListing(text));
    },
    words: [
      '<a>',
      '</a>',
      '<b/>',
      '<',
      '>',
      '&amp;',
      '&#x41;',
      '&',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?',
      'x="',
    ],
    nests: [
      ['<a>', '</a>'],
      ['<!--', '-->'],
      ['<', ''],
      ['&', ''],
    ],
  },
  {
    name: 'tables of InfluxDB',
    parse: (text) => refusing(() => void readFluxValues(text)),
    words: ['#datatype,', 'string,', 'double', ',_value', '\r\n', '\n', '"', '""', ',', '#group', ...numbers],
    nests: [
      ['"', '"'],
      [',', ''],
      ['\n', ''],
    ],
  },
  {
    name: 'what is read back from stored objects',
    parse: (text) => {
      const value = valueOf(text);
      parseTrafficRecord(value);
      parseServiceRecords(value);
      parseRoutingMemory(value);
      parseNotified(text);
      parseInventoryEntry({ id: text, v: 'v1' });
    },
    words: [...json, '"weight"', '"since"', '"writtenAt"', 'a_b_c_d', '_', '__'],
    nests: [...jsonNests, ['_', ''], ['a_', '']],
  },
];
