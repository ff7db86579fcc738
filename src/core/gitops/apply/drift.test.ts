import { expect } from 'chai';
import type { ManagedFieldsEntry, UnknownObject } from '#api/k8s/meta.js';
import { driftWords } from './drift.js';

const deployment = (
  spec: object,
  managedFields: readonly ManagedFieldsEntry[] = [],
  labels = {},
): UnknownObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', labels, managedFields },
  spec,
});
const containers = (image: string) => ({ template: { spec: { containers: [{ name: 'web', image }] } } });
const image = {
  'f:template': { 'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {} } } } },
};
const by = (manager: string, fields: object, more = {}): ManagedFieldsEntry => ({
  manager,
  operation: 'Update',
  fieldsV1: { ...fields },
  ...more,
});
const words = (live: UnknownObject, merged: UnknownObject) => driftWords(live, merged, 'us');

describe('words about drift', () => {
  it('name the manager and the field, also inside of lists', () => {
    const live = deployment({ replicas: 3, ...containers('web:hot') }, [
      by('kubectl-set', { 'f:spec': image }),
      by('kubectl-edit', { 'f:spec': { 'f:replicas': {} } }),
    ]);
    expect(words(live, deployment({ replicas: 2, ...containers('web:1') }))).to.equal(
      'kubectl-set changed spec.template.spec.containers[web].image; kubectl-edit changed spec.replicas',
    );
  });

  it('blame nobody for what stays as it is, nor ourselves, nor those who write the status', () => {
    const live = deployment({ replicas: 3 }, [
      by('us', { 'f:spec': { 'f:replicas': {} } }),
      by('kubelet', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'status' }),
      by('kubectl', { 'f:spec': { 'f:paused': {} } }),
    ]);
    expect(words(live, deployment({ replicas: 2 }))).to.equal('');
  });

  it('name who scaled it: that is written under a subresource', () => {
    const live = deployment({ replicas: 3 }, [
      by('kubectl', { 'f:spec': { 'f:replicas': {} } }, { subresource: 'scale' }),
    ]);
    expect(words(live, deployment({ replicas: 2 }))).to.equal('kubectl changed spec.replicas');
  });

  it('say what nobody owns any more', () => {
    expect(words(deployment({}), deployment({ replicas: 2 }, [], { 'app.io/name': 'x' }))).to.equal(
      'somebody removed metadata.labels["app.io/name"], spec.replicas',
    );
  });

  it('count what is too much to name', () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
    const map = (value: string) => Object.fromEntries(names.map((name) => [name, value]));
    const fields = Object.fromEntries(names.map((name) => [`f:${name}`, {}]));
    const live = deployment(map('2'), [by('kubectl', { 'f:spec': fields })]);
    expect(words(live, deployment(map('1')))).to.equal(
      'kubectl changed spec.a, spec.b, spec.c, spec.d, spec.e and 2 more',
    );
  });
});
