import { expect } from 'chai';
import { GitopsWorld } from '#test/fakes/gitops-world.js';

describe('Kustomization with a definition and an object of it', () => {
  it('applies namespace and definition first, waits for them, then the object', async () => {
    const schema = '{type: object, x-kubernetes-preserve-unknown-fields: true}';
    const definition = `
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: things.example.com}
spec:
  group: example.com
  scope: Namespaced
  names: {kind: Thing, plural: things, singular: thing}
  versions: [{name: v1, served: true, storage: true, schema: {openAPIV3Schema: ${schema}}}]
`;
    const world = new GitopsWorld();
    world.git.commit('refs/heads/main', 'one', {
      'a-thing.yaml': 'apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t, namespace: fresh}\n',
      'b-definition.yaml': definition,
      'c-namespace.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: fresh}\n',
    });
    await world.createSource();
    await world.createKustomization({ wait: true });
    await world.sandbox.clock.advance(5_000);
    expect(world.condition(await world.kustomization(), 'Ready')).to.match(/^True/);
    expect(world.failures).to.deep.equal([]);
    const journal = world.sandbox.journal().filter((line) => line.includes('ADDED'));
    const place = (subject: string) => journal.findIndex((line) => line.includes(` ${subject} `));
    expect(place('Thing/fresh/t')).to.be.greaterThan(place('Namespace/fresh'));
    expect(place('Thing/fresh/t')).to.be.greaterThan(place('CustomResourceDefinition/things.example.com'));
  });
});
