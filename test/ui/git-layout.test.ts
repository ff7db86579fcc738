import { expect } from 'chai';
import type { GitRef, GitRow } from '#core/view/wire/git.js';
import { layoutOf } from '../../src/ui/git/layout.js';

const ref = (kind: string, name: string): GitRef => ({ kind, namespace: 'shop', name });

function row(kind: string, name: string, more: Partial<GitRow> = {}): GitRow {
  const none = { source: null, needs: [], objects: [], rollouts: [] };
  return { ...ref(kind, name), ...none, ...more } as unknown as GitRow;
}

const applies = (name: string, needs: readonly string[] = [], more: Partial<GitRow> = {}): GitRow =>
  row('Kustomization', name, {
    source: ref('GitRepository', 'repo'),
    needs: needs.map((need) => ref('Kustomization', need)),
    ...more,
  });

describe('the graph of Git', () => {
  const yOf = (rows: readonly GitRow[]): Record<string, number | undefined> => {
    const { boxes } = layoutOf(rows);
    return Object.fromEntries(
      rows.map((each) => [each.name, boxes.get(`${each.kind}/shop/${each.name}`)?.y]),
    );
  };

  it('puts what is needed above what needs it, and a little less far in', () => {
    const rows = [applies('c', ['b']), applies('b', ['a']), applies('a'), row('GitRepository', 'repo')];
    expect(yOf(rows)).to.deep.equal({ c: 136, b: 68, a: 0, repo: 0 });
    const { boxes, edges } = layoutOf(rows);
    const x = ['a', 'b', 'c'].map((name) => boxes.get(`Kustomization/shop/${name}`)?.x ?? 0);
    expect(x).to.deep.equal(x.toSorted((a, b) => a - b));
    expect(edges.filter(({ isNeed }) => isNeed)).to.have.length(2);
    expect(edges.filter(({ isNeed }) => !isNeed)).to.have.length(3);
  });

  it('ends where needs go in a circle, and where one needs what is not there', () => {
    const rows = [applies('a', ['b']), applies('b', ['a']), applies('c', ['gone'])];
    const { boxes, edges } = layoutOf(rows);
    expect(boxes.size).to.equal(4);
    expect(edges.filter(({ isNeed }) => isNeed)).to.have.length(2);
  });

  it('stands a source in that is not there, and puts those that nobody applies last', () => {
    const rows = [row('GitRepository', 'idle'), applies('a')];
    const { trees, height } = layoutOf(rows);
    expect(trees.map(({ source }) => source.name)).to.deep.equal(['repo', 'idle']);
    expect(height).to.equal(136);
  });

  it('gives every Rollout a line of its own, and no two boxes one place', () => {
    const rollouts = ['x', 'y'].map((name) => ({ namespace: 'shop', name, mark: 'ok' as const, text: '' }));
    const objects = [{ kind: 'Service', count: 2, mark: 'ok' as const }];
    const { boxes } = layoutOf([applies('a', [], { rollouts, objects }), applies('b', [], { objects })]);
    const places = [...boxes.values()].map(({ x, y }) => `${x} ${y}`);
    expect(new Set(places).size).to.equal(places.length);
    expect(boxes.get('Kustomization/shop/b')?.y).to.equal(136);
  });
});
