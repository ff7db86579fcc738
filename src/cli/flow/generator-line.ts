import { type FileTree, readText } from '#core/gitops/file-tree.js';

const sections: Readonly<Record<string, string>> = {
  ConfigMap: 'configMapGenerator',
  Secret: 'secretGenerator',
};

/** Where a kustomization among these files says that an object is generated, whatever hash its name ends with. */
export function generatorLine(
  tree: FileTree,
  files: readonly string[],
  { kind, name }: { readonly kind: string; readonly name: string },
): { readonly file: string; readonly line: number } | undefined {
  const section = sections[kind];
  if (section === undefined) return undefined;
  for (const file of files.filter((one) => /(^|\/)kustomization\.ya?ml$/.test(one))) {
    const lines = (readText(tree, file) ?? '').split('\n');
    const begin = lines.findIndex((line) => line.startsWith(`${section}:`));
    if (begin < 0) continue;
    const end = lines.findIndex((line, i) => i > begin && /^[A-Za-z]/.test(line));
    const own = lines.slice(begin, end < 0 ? lines.length : end);
    const at = own.findIndex((line) => isNamed(line, name));
    if (at >= 0) return { file, line: begin + at + 1 };
  }
  return undefined;
}

/** Whether a line gives the name that another one was made of: with a hash, and with what stands before and behind names. */
function isNamed(line: string, name: string): boolean {
  const said = /(?:^|[\s{,-])name:\s*["']?([a-z0-9.-]+)/.exec(line)?.[1];
  if (said === undefined) return false;
  return name === said || name.replace(/-[a-z0-9]{10}$/, '').includes(said);
}
