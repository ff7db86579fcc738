import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { parseYaml } from '#core/yaml/yaml.js';
import { renderCrds, renderCrdsKustomization } from './crds.js';

describe('generated CustomResourceDefinitions', () => {
  const files = [...renderCrds(), renderCrdsKustomization()];

  for (const { path, text } of files) {
    it(`${path} is what \`make generate\` writes`, () => {
      expect(readFileSync(path, 'utf8')).to.equal(text);
    });
  }

  it('has no other files beside them', () => {
    expect(readdirSync('crds').map((name) => `crds/${name}`)).to.have.members(files.map(({ path }) => path));
  });

  it('keeps the merge keys of every list of a pod template that has some', () => {
    const keys = new Map<string, unknown>();
    const visit = (schema: any, path: string): void => {
      if (schema['x-kubernetes-list-type'] === 'map') keys.set(path, schema['x-kubernetes-list-map-keys']);
      for (const [name, inner] of Object.entries(schema.properties ?? {})) visit(inner, `${path}.${name}`);
      if (schema.items !== undefined) visit(schema.items, `${path}[]`);
    };
    const rollout = files.find(({ path }) => path === 'crds/argoproj.io_rollouts.yaml');
    const crd: any = parseYaml(rollout?.text ?? '');
    visit(
      crd.value.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.template.properties.spec,
      '',
    );
    const ofContainer = {
      env: ['name'],
      ports: ['containerPort', 'protocol'],
      'resources.claims': ['name'],
      volumeMounts: ['mountPath'],
      volumeDevices: ['devicePath'],
    };
    const lists = ['containers', 'initContainers', 'ephemeralContainers'];
    expect(Object.fromEntries(keys)).to.deep.equal({
      ...Object.fromEntries(
        lists.flatMap((list) => [
          [`.${list}`, ['name']],
          ...Object.entries(ofContainer).map(([field, names]) => [`.${list}[].${field}`, names]),
        ]),
      ),
      '.volumes': ['name'],
      '.imagePullSecrets': ['name'],
      '.hostAliases': ['ip'],
      '.topologySpreadConstraints': ['topologyKey', 'whenUnsatisfiable'],
      '.schedulingGates': ['name'],
      '.resourceClaims': ['name'],
    });
  });
});
