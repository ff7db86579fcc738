import type { Node } from '../syntax/node.js';

/** The node with each of its parts replaced. */
export function mapNode(tree: Node, change: (part: Node) => Node): Node {
  const maybe = (part: Node | undefined): Node | undefined => part && change(part);
  switch (tree.node) {
    case 'literal':
    case 'name':
    case 'pointer':
      return tree;
    case 'unary':
      return { ...tree, operand: change(tree.operand) };
    case 'binary':
      return { ...tree, left: change(tree.left), right: change(tree.right) };
    case 'member':
      return { ...tree, base: change(tree.base), property: change(tree.property) };
    case 'slice':
      return { ...tree, base: change(tree.base), from: maybe(tree.from), to: maybe(tree.to) };
    case 'chain':
      return { ...tree, inner: change(tree.inner) };
    case 'call':
      return { ...tree, callee: change(tree.callee), args: tree.args.map(change) };
    case 'function': {
      const args = tree.args.map(change);
      return tree.mapped === undefined ? { ...tree, args } : { ...tree, args, mapped: change(tree.mapped) };
    }
    default:
      return mapStructure(tree, change);
  }
}

type Structure = Extract<Node, { node: 'predicate' | 'conditional' | 'list' | 'map' | 'let' | 'sequence' }>;

function mapStructure(tree: Structure, change: (part: Node) => Node): Node {
  switch (tree.node) {
    case 'predicate':
      return { ...tree, body: change(tree.body) };
    case 'conditional':
      return { ...tree, test: change(tree.test), yes: change(tree.yes), no: change(tree.no) };
    case 'list':
      return { ...tree, items: tree.items.map(change) };
    case 'map':
      return {
        ...tree,
        entries: tree.entries.map(({ key, value }) => ({ key: change(key), value: change(value) })),
      };
    case 'let':
      return { ...tree, value: change(tree.value), body: change(tree.body) };
    case 'sequence':
      return { ...tree, steps: tree.steps.map(change) };
  }
}
