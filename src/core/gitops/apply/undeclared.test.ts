import { expect } from 'chai';
import { withoutUndeclared } from './undeclared.js';

describe('fields that a kind does not have', () => {
  const deployment = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replica: 2,
      template: {
        spec: {
          containers: [{ name: 'web', img: 'x', ports: [{ containerPort: 80, x: 1 }] }, { name: 'b' }],
        },
      },
    },
  };
  const typed = 'failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): ';

  it('are left out one by one', () => {
    const said = `${typed}errors:
  .spec.replica: field not declared in schema
  .spec.template.spec.containers[name="web"].img: field not declared in schema
  .spec.template.spec.containers[name="web"].ports[containerPort=80,protocol="TCP"].x: field not declared in schema
  .spec.template.spec.containers[0].ports[0].x: field not declared in schema`;
    expect(withoutUndeclared(deployment, said)?.['spec']).to.deep.equal({
      template: { spec: { containers: [{ name: 'web', ports: [{ containerPort: 80 }] }, { name: 'b' }] } },
    });
  });

  const kept: readonly [why: string, object: typeof deployment, said: string][] = [
    ['the server says something else', deployment, `${typed}.spec.replica: expected numeric`],
    ['it names what is not there', deployment, `${typed}.spec.other: field not declared in schema`],
    [
      'the kind is not one of Kubernetes',
      { ...deployment, apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout' },
      `${typed}.spec.replica: field not declared in schema`,
    ],
    [
      'the peer sends it as it is',
      { ...deployment, apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' },
      `${typed}.spec.replica: field not declared in schema`,
    ],
  ];
  for (const [why, object, said] of kept) {
    it(`stay when ${why}`, () => expect(withoutUndeclared(object, said)).to.equal(undefined));
  }
});
