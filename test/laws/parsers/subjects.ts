import { findByJsonPath, parseJsonPath } from '#adapters/metrics/web/json-path/json-path.js';
import { evaluate } from '#core/expr/expression.js';
import { parseTemplate as parseGoTemplate } from '#core/go-template/template.js';
import { parseKustomizationFile } from '#core/gitops/build/kustomization-file.js';
import { parseManifests } from '#core/gitops/build/manifests.js';
import { parseTemplate as parseSubstitution } from '#core/gitops/substitute/expression.js';
import { matchesSelector, parseSelector } from '#core/kube/selector.js';
import { parseNotifyConfig } from '#core/notify/config.js';
import { parsePluginConfig } from '#core/plugin/config.js';
import { parseAnswer } from '#core/plugin/protocol.js';
import { parseState } from '#core/comparison/state.js';
import { wholeNumber } from '#core/analysis/spec/count.js';
import { surgeAndUnavailable } from '#core/rollout/spec/canary-settings.js';
import { canonicalQuantity, quantityInNanos } from '#core/template-hash/quantity.js';
import { parseGoDuration } from '#core/time/duration.js';
import { parseInstant } from '#core/time/instant.js';
import { parseRowFilter } from '#core/view/row-filter.js';
import { parseYaml, parseYamlStream } from '#core/yaml/yaml.js';

/** One parser, words of its language, and what is nested in it. */
export interface Subject {
  readonly name: string;
  readonly parse: (text: string) => unknown;
  readonly words: readonly string[];
  /** Opening and closing of what nests; the parser has to refuse or bear tens of thousands of them. */
  readonly nests: readonly (readonly [open: string, close: string])[];
}

const data = { a: [1, { b: 'x' }], c: { d: null, e: 1.5 } };
const numbers = ['0', '1', '-1', '9007199254740993', '1e400', '0x1f', '007', '1_000', '.5', '-', '+'];

/** Every parser of what users write. */
export const subjects: readonly Subject[] = [
  {
    name: 'YAML',
    parse: (text) => [parseYaml(text), parseYaml(text, 'kustomize'), parseYamlStream(text)],
    words: [
      'a: ',
      '- ',
      '\n',
      '  ',
      '---\n',
      '...\n',
      '&x ',
      '*x',
      '<<: ',
      '!!int ',
      '|\n',
      '>-\n',
      '"',
      "'",
      '? ',
      '#',
      '{',
      '}',
      '[',
      ']',
      ',',
      '%TAG',
      '\t',
      '~',
      'yes',
      ...numbers,
    ],
    nests: [
      ['[', ']'],
      ['{a: ', '}'],
      ['- ', ''],
      ['&a [', ']'],
    ],
  },
  {
    name: 'durations of Go',
    parse: parseGoDuration,
    words: ['h', 'm', 's', 'ms', 'us', 'µs', 'ns', '.', 'd', ' ', ...numbers],
    nests: [['1h', '']],
  },
  {
    name: 'moments',
    parse: parseInstant,
    words: ['2026-01-01', 'T', '00:00:00', 'Z', '+02:00', '.123456', '-', ...numbers],
    nests: [['2026-', '']],
  },
  {
    name: 'selectors',
    parse: (text) => matchesSelector(parseSelector(text), { a: 'b' }),
    words: ['a', 'b', '=', '==', '!=', '!', ' in ', ' notin ', '(', ')', ',', 'x/y', ' '],
    nests: [
      ['(', ')'],
      ['a,', ''],
    ],
  },
  {
    name: 'JSONPath',
    parse: (text) => findByJsonPath(parseJsonPath(text), data),
    words: [
      '{',
      '}',
      '$',
      '.',
      '..',
      'a',
      '*',
      '[',
      ']',
      '[0]',
      '[-1:]',
      '[?(',
      ')]',
      '@',
      '==',
      '"x"',
      "'a'",
      'range ',
      'end',
      ',',
      ':',
      ...numbers,
    ],
    nests: [
      ['{.', '}'],
      ['{..', '}'],
      ['{[', ']}'],
      ['{[?(@', ')]}'],
      ['{range .a}', '{end}'],
    ],
  },
  {
    name: 'quantities',
    parse: (text) => [canonicalQuantity(text), quantityInNanos(text)],
    words: ['m', 'k', 'Ki', 'Mi', 'G', 'E', 'Ei', 'e', 'n', '.', ' ', ...numbers],
    nests: [
      ['9', ''],
      ['1e', ''],
    ],
  },
  {
    name: 'numbers or percentages',
    parse: (text) => [surgeAndUnavailable(text, text, 10), wholeNumber(text)],
    words: ['%', ' ', 'e', '.', ...numbers],
    nests: [['1', '%']],
  },
  {
    name: 'Go templates',
    parse: (text) => {
      const parsed = parseGoTemplate(text);
      return parsed.ok ? parsed.value.run(data, 0) : parsed;
    },
    words: [
      '{{',
      '}}',
      '{{-',
      '-}}',
      '.',
      '.a',
      '.c.e',
      '$x',
      ' := ',
      ' | ',
      'if ',
      'else',
      'end',
      'range ',
      'with ',
      'define "t"',
      'template "t"',
      'block "t"',
      'index ',
      'printf "%s"',
      'toJson',
      'default 1',
      '(',
      ')',
      '"',
      '`',
      '/*',
      '*/',
      'break',
      'len ',
      ...numbers,
    ],
    nests: [
      ['{{if 1}}', '{{end}}'],
      ['{{range .a}}', '{{end}}'],
      ['{{(', ')}}'],
      ['{{with .}}', '{{end}}'],
      ['{{block "a" .}}', '{{end}}'],
    ],
  },
  {
    name: 'expressions',
    parse: (text) => evaluate(text, { result: data, x: 2 }, { nowMs: 0 }),
    words: [
      'result',
      '.a',
      '[0]',
      '?.',
      '??',
      'x',
      ' + ',
      ' ** ',
      ' and ',
      ' or ',
      ' not ',
      ' in ',
      ' matches ',
      ' contains ',
      '..',
      '? ',
      ' : ',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '#',
      ' | ',
      'all(',
      'map(',
      'len(',
      'let y = ',
      ';',
      '"a"',
      "'",
      '`',
      '==',
      '<=',
      'nil',
      'true',
      'isNaN(',
      'asFloat(',
      ...numbers,
    ],
    nests: [
      ['(', ')'],
      ['[', ']'],
      ['{a: ', '}'],
      ['!', ''],
      ['-', ''],
      ['x ? ', ' : x'],
      ['len(', ')'],
      ['map([1], ', ')'],
      ['1 + ', '1'],
    ],
  },
  {
    name: 'substitutions',
    parse: parseSubstitution,
    words: [
      '${',
      '}',
      '$$',
      '$',
      'a',
      ':-',
      ':=',
      '//',
      '/',
      '#',
      '##',
      '%',
      '^',
      ',,',
      ':',
      '\\',
      ...numbers,
    ],
    nests: [
      ['${a:-', '}'],
      ['${', '}'],
      ['$', ''],
    ],
  },
  {
    name: 'manifests and kustomizations',
    parse: (text) => [parseManifests('a.yaml', text), parseKustomizationFile('kustomization.yaml', text)],
    words: [
      'kind: List\n',
      'items:\n',
      '- ',
      'apiVersion: v1\n',
      'resources: ',
      '[',
      ']',
      '---\n',
      'metadata: {name: a}\n',
      'patches:\n',
      'images:\n',
      '  ',
      'a: 1\n',
      '~',
    ],
    nests: [
      ['{items: [', ']}'],
      ['[', ']'],
    ],
  },
  {
    name: 'configuration of notifications',
    parse: (text) => {
      const written = { 'service.slack': text, 'trigger.x': text, 'template.y': text, subscriptions: text };
      return parseNotifyConfig({
        namespace: 'a',
        data: written,
        secretName: 's',
        secrets: { t: 'x' },
        version: '1',
      });
    },
    words: [
      'token: $t\n',
      '- send: [a]\n',
      'when: ',
      'true',
      'message: ',
      '{{',
      '}}',
      '- recipients: ',
      '[',
      ']',
      '{',
      '}',
      'slack:x',
      '\n',
      '  ',
    ],
    nests: [
      ['[', ']'],
      ['{a: ', '}'],
    ],
  },
  {
    name: 'configuration of plugins',
    parse: (text) =>
      parsePluginConfig({ stepPlugins: text, metricProviderPlugins: text, trafficRouterPlugins: text }),
    words: [
      '- name: a/b\n',
      '  location: ',
      'file:///x',
      'http://',
      '\n',
      'sha256: ',
      'args: ',
      'timeout: ',
      '[',
      ']',
      '{',
      '}',
      ...numbers,
    ],
    nests: [
      ['[', ']'],
      ['- ', ''],
    ],
  },
  {
    name: 'answers of plugins',
    parse: (text) => parseAnswer(text, '1'),
    words: ['{', '}', '"id"', ':', '"1"', ',', '"result"', '"error"', 'null', '[', ']', ...numbers],
    nests: [
      ['[', ']'],
      ['{"a":', '}'],
    ],
  },
  {
    name: 'states of comparisons',
    parse: parseState,
    words: ['{', '}', '"v"', ':', ',', '"canary"', '"sums"', 'null', '[', ']', ...numbers],
    nests: [['[', ']']],
  },
  {
    name: 'filters of the page',
    parse: parseRowFilter,
    words: ['name:', 'phase:', 'ns:', 'label:', '=', '!', '-', '"', ' ', 'a', '/', '*', '(', ')'],
    nests: [
      ['"', '"'],
      ['-', ''],
    ],
  },
];
