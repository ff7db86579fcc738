import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { AnalysisTemplate, ClusterAnalysisTemplate } from '#api/argoproj/analysis-template.js';
import type { Rollout } from '#api/argoproj/rollout.js';
import { buildCrd, objectSchema } from '#api/crd.js';
import { kindDefinitions } from '#api/definitions.js';
import type { Service } from '#api/k8s/core-kinds.js';
import type { UnknownObject } from '#api/k8s/meta.js';
import { apiVersionOf } from '#api/kinds.js';
import { findUnknownFields } from '#api/schema/unknown-fields.js';
import { compileValidator } from '#api/schema/validate.js';
import { validateRolloutReferences } from '#core/rollout/validate/references.js';
import { validateRolloutSpec } from '#core/rollout/validate/spec.js';
import { resolveWorkload } from '#core/rollout/workload-ref/resolve.js';
import type { Workload } from '#core/rollout/workload-ref/workload.js';
import { parseYamlStream } from '#core/yaml/yaml.js';
import { routerSchemas, trafficProviders } from '#providers/index.js';
import { createVirtualSandbox } from '#sandbox/virtual-sandbox.js';

const folders = readdirSync('examples', { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name !== 'demo')
  .map((entry) => entry.name);
const schemas = new Map(
  kindDefinitions.map((definition) => [
    `${apiVersionOf(definition.kind)} ${definition.kind.kind}`,
    objectSchema(definition, routerSchemas),
  ]),
);

const crds = kindDefinitions.map((definition) => buildCrd(definition, routerSchemas));

function load(folder: string): readonly UnknownObject[] {
  return readdirSync(`examples/${folder}`)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => {
      const parsed = parseYamlStream(readFileSync(`examples/${folder}/${name}`, 'utf8'));
      return parsed.ok ? (parsed.value as readonly UnknownObject[]) : [];
    });
}

describe('examples', () => {
  for (const folder of folders) {
    const objects = load(folder);
    const ofKind = <T>(kind: string) =>
      objects.filter((object) => object.kind === kind) as unknown as readonly T[];

    it(`${folder} has a README and objects in a namespace that it brings along`, () => {
      expect(readFileSync(`examples/${folder}/README.md`, 'utf8')).to.contain(
        `kubectl apply -f examples/${folder}`,
      );
      const namespaces = ofKind<UnknownObject>('Namespace').map((object) => object.metadata.name);
      for (const object of objects.filter(({ kind }) => kind !== 'Namespace')) {
        expect(namespaces).to.include(object.metadata.namespace);
      }
    });

    it(`${folder} is stored by an API server as it is`, async () => {
      const sandbox = createVirtualSandbox({ objects: [...crds, ...objects] });
      for (const object of objects.filter(({ kind }) => kind !== 'Secret')) {
        const kind = await sandbox.kube.resolve(object.apiVersion, object.kind);
        expect(kind, object.kind).to.not.equal(undefined);
        const { name, namespace } = object.metadata;
        const key = { kind: kind!, name, ...(namespace === undefined ? {} : { namespace }) };
        expect(await sandbox.kube.get(key)).to.containSubset(object);
      }
    });

    for (const object of objects) {
      const schema = schemas.get(`${object.apiVersion} ${object.kind}`);
      if (schema === undefined) continue;
      it(`${folder}: ${object.kind} ${object.metadata.name} fits its schema`, () => {
        expect(compileValidator(schema)(object)).to.deep.equal([]);
        expect(findUnknownFields(schema, object)).to.deep.equal([]);
      });
    }

    for (const stored of ofKind<Rollout>('Rollout')) {
      it(`${folder}: Rollout ${stored.metadata.name} and what it names are valid`, () => {
        const { rollout, workload } = resolveWorkload(stored, ({ kind }, name) => ({
          object: ofKind<Workload>(kind).find(({ metadata }) => metadata.name === name),
        }));
        expect(workload?.problem).to.equal(undefined);
        const isTemplateResolved = workload?.isResolved === true;
        expect(validateRolloutSpec(rollout, { routers: trafficProviders, isTemplateResolved })).to.equal(
          undefined,
        );
        const services = ofKind<Service>('Service').map((service) => [service.metadata.name, service]);
        const templates = {
          namespaced: ofKind<AnalysisTemplate>('AnalysisTemplate'),
          cluster: ofKind<ClusterAnalysisTemplate>('ClusterAnalysisTemplate'),
        };
        const refs = { services: Object.fromEntries(services), templates, routers: [] };
        expect(validateRolloutReferences(rollout, refs)).to.equal(undefined);
      });
    }
  }
});
