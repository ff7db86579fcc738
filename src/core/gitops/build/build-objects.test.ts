import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { UnknownObject } from '#api/k8s/meta.js';
import { subjectOf } from '#core/kube/object.js';
import { parseYaml } from '#core/yaml/yaml.js';
import { treeOf } from '../file-tree.js';
import { buildObjects, type BuildSpec } from './build-objects.js';
import { formatBuildProblem } from './build-problem.js';
import { inputForBinary } from './for-binary.js';

type Files = Readonly<Record<string, string>>;

const tree = (files: Files) =>
  treeOf(
    Object.entries(files).map(([path, text]) => {
      return { path, content: new TextEncoder().encode(text), isExecutable: false };
    }),
  );

/** The objects, or the problem as the user reads it. */
function build(files: Files, spec: BuildSpec = {}): readonly UnknownObject[] | string {
  const result = buildObjects(tree(files), spec);
  return result.ok ? result.value : formatBuildProblem(result.problem);
}

const subjects = (result: readonly UnknownObject[] | string) =>
  typeof result === 'string' ? result : result.map(subjectOf);

const map = (name: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`;

describe('build of a source', () => {
  it('gives what kustomize gives for an overlay that uses every field', () => {
    const parsed = parseYaml(
      readFileSync('test/cases/gitops/overlay-with-every-field.yaml', 'utf8'),
      'kustomize',
    );
    if (!parsed.ok) throw new Error(parsed.problem.message);
    const {
      files,
      path,
      expect: expected,
    } = parsed.value as { files: Files; path: string; expect: UnknownObject[] };
    const result = build(files, { path });
    if (typeof result === 'string') throw new Error(result);
    const byName = (objects: readonly UnknownObject[]) =>
      [...objects].sort((a, b) => (subjectOf(a) < subjectOf(b) ? -1 : 1));
    expect(byName(result)).to.deep.equal(byName(expected));
  });

  it('notes origins and transformers as kustomize does', () => {
    const text = readFileSync('test/cases/gitops/build-metadata.yaml', 'utf8');
    const parsed = parseYaml(text, 'kustomize');
    if (!parsed.ok) throw new Error(parsed.problem.message);
    type Case = { files: Files; path: string; expect: Record<string, Record<string, string>> };
    const { files, path, expect: expected } = parsed.value as Case;
    const result = build(files, { path, buildMetadata: ['originAnnotations', 'transformerAnnotations'] });
    if (typeof result === 'string') throw new Error(result);
    const found = result.map((object) => [subjectOf(object), object.metadata.annotations] as const);
    expect(Object.fromEntries(found)).to.deep.equal(expected);
  });

  it('takes every YAML file of a directory without a kustomization, and directories with one as a whole', () => {
    const files = {
      'x/a.yaml': map('a'),
      'x/deep/er/b.yml': `${map('b')}---\n${map('c')}`,
      'x/readme.md': '# no manifest',
      'x/own/kustomization.yaml': 'resources: [d.yaml]',
      'x/own/d.yaml': map('d'),
      'x/own/not-listed.yaml': 'nonsense: true',
      'y/e.yaml': map('e'),
    };
    expect(subjects(build(files, { path: './x' }))).to.deep.equal([
      'ConfigMap/a',
      'ConfigMap/b',
      'ConfigMap/c',
      'ConfigMap/d',
    ]);
  });

  for (const name of ['kustomization.yaml', 'kustomization.yml', 'Kustomization']) {
    it(`takes ${name} as it is (flux-semantics 8.3)`, () => {
      const files = { [`x/${name}`]: 'resources: [a.yaml]', 'x/a.yaml': map('a'), 'x/b.yaml': map('b') };
      expect(subjects(build(files, { path: './x' }))).to.deep.equal(['ConfigMap/a']);
    });
  }

  it('takes lists apart and keeps plain words of YAML 1.1 as texts', () => {
    const list = `apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}, data: {on: yes}}\n`;
    expect(build({ 'a.yaml': list })).to.deep.equal([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { on: 'yes' } },
    ]);
  });

  it('puts the fields of the spec into the kustomization', () => {
    const pod = `apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: c, image: 'web:1'}]}\n`;
    const files = {
      'kustomization.yaml': 'resources: [p.yaml]\nimages: [{name: web, newName: own/web, newTag: "5"}]',
      'p.yaml': pod,
    };
    const spec = {
      targetNamespace: 'prod',
      namePrefix: 'a-',
      nameSuffix: '-z',
      images: [{ name: 'web', digest: 'sha256:1' }],
      patches: [
        { target: { kind: 'Pod' }, patch: '[{"op": "add", "path": "/spec/hostname", "value": "h"}]' },
      ],
      components: ['absent'],
      ignoreMissingComponents: true,
    };
    expect(build(files, spec)).to.deep.equal([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'a-p-z', namespace: 'prod' },
        spec: { containers: [{ name: 'c', image: 'own/web@sha256:1' }], hostname: 'h' },
      },
    ]);
  });

  const k = (text: string, more: Files = {}): Files => ({ 'd/kustomization.yaml': text, ...more });
  const problems: readonly [what: string, files: Files, problem: string | RegExp][] = [
    ['YAML that does not parse', { 'd/a.yaml': 'a: 1\nb: [' }, /^d\/a\.yaml:\d+: /],
    [
      'a document that is no object',
      { 'd/a.yaml': 'a: 1' },
      'd/a.yaml: document 1 is no Kubernetes object: apiVersion is missing',
    ],
    [
      'a field that is not known',
      k('resources: []\nhelmCharts: []'),
      /^d\/kustomization\.yaml: helmCharts: is not served/,
    ],
    [
      'a field inside that is not known',
      k('labels: [{pairs: {a: b}, fields: []}]'),
      /^d\/kustomization\.yaml: labels\[0\]\.fields: is not served/,
    ],
    [
      'a value of the wrong type',
      k('commonLabels: {a: 1}'),
      'd/kustomization.yaml: commonLabels.a: must be a text; quote it',
    ],
    [
      'a remote base',
      k('resources: ["https://github.com/x/y?ref=main"]'),
      /resources\[0\]: .* remote bases are refused/,
    ],
    [
      'a missing file',
      k('resources: [no.yaml]'),
      'd/kustomization.yaml: resources[0]: "no.yaml" is not in the source',
    ],
    [
      'a way out of the source',
      k('resources: [../../x]'),
      'd/kustomization.yaml: resources[0]: "../../x" leaves the source',
    ],
    ['a circle', k('resources: [../e]', { 'e/kustomization.yaml': 'resources: [../d]' }), /a circle$/],
    [
      'twins',
      k('resources: [a.yaml, b.yaml]', { 'd/a.yaml': map('a'), 'd/b.yaml': map('a') }),
      /is there twice$/,
    ],
    [
      'a patch without its object',
      k('patches: [{patch: "{kind: Pod, metadata: {name: x}}"}]'),
      'd/kustomization.yaml: patches[0]: no resource matches the patch of Pod/x',
    ],
    [
      'a JSON patch that does not fit',
      k('resources: [a.yaml]\npatches: [{target: {kind: ConfigMap}, path: p.json}]', {
        'd/a.yaml': map('a'),
        'd/p.json': '[{"op": "remove", "path": "/data/x"}]',
      }),
      /^d\/p\.json: ConfigMap\/a: /,
    ],
    [
      'a count without its workload',
      k('replicas: [{name: x, count: 1}]'),
      'd/kustomization.yaml: replicas: no workload has the name "x"',
    ],
    [
      'a literal without a value',
      k('configMapGenerator: [{name: a, literals: [b]}]'),
      /configMapGenerator\[0\]: literal "b" is not key=value$/,
    ],
    [
      'a directory that is absent',
      { 'other/a.yaml': '' },
      'spec.path: kustomization path not found: "d" is not in the artifact of the source; add the directory or change the path',
    ],
  ];
  for (const [what, files, problem] of problems) {
    it(`refuses ${what}`, () => {
      const result = build(files, { path: 'd' });
      if (typeof problem === 'string') expect(result).to.equal(problem);
      else expect(result).to.match(problem);
    });
  }

  it('hands a binary its own fields untouched, with the spec in them, and no remote bases', () => {
    const files = k('helmCharts: [{name: x}]\nresources: [a.yaml]', { 'd/a.yaml': map('a') });
    const input = inputForBinary(tree(files), { path: 'd', namePrefix: 'p-' });
    if (!input.ok) throw new Error(input.problem.message);
    const written = new TextDecoder().decode(input.value.tree.get('d/kustomization.yaml')?.content);
    expect(parseYaml(written)).to.deep.equal({
      ok: true,
      value: { helmCharts: [{ name: 'x' }], resources: ['a.yaml'], namePrefix: 'p-' },
    });
    const remote = inputForBinary(
      tree(k('resources: [a]', { 'd/a/kustomization.yaml': 'resources: ["git@x:y"]' })),
      { path: 'd' },
    );
    expect(!remote.ok && remote.problem.file).to.equal('d/a/kustomization.yaml');
  });
});
