import { isObject } from '#core/json/json.js';
import { mapObjects, type BuildItem } from '../build-item.js';

/** What an image becomes; a digest wins over a tag. */
export interface ImageChange {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
  readonly tagSuffix?: string;
}

/** Every container of every object, wherever it is, with its image changed. */
export function withImages(
  items: readonly BuildItem[],
  changes: readonly ImageChange[],
): readonly BuildItem[] {
  if (changes.length === 0) return items;
  return mapObjects(items, (object) => {
    if (object.kind === 'CustomResourceDefinition') return object;
    const next = visit(object, changes);
    return isObject(next) ? { ...object, ...next } : object;
  });
}

function visit(value: unknown, changes: readonly ImageChange[]): unknown {
  if (Array.isArray(value)) return value.map((item) => visit(item, changes));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const isContainers = (key === 'containers' || key === 'initContainers') && Array.isArray(inner);
      return [
        key,
        isContainers ? inner.map((c) => changeContainer(c, changes)) : visit(inner, changes),
      ] as const;
    }),
  );
}

function changeContainer(container: unknown, changes: readonly ImageChange[]): unknown {
  if (!isObject(container) || typeof container['image'] !== 'string') return container;
  const image = changes.reduce((text, change) => changeImage(text, change), container['image']);
  return { ...container, image };
}

/** The image reference after a change; one with another name stays. */
function changeImage(image: string, change: ImageChange): string {
  const { name, tag, digest } = splitImage(image);
  if (name !== change.name) return image;
  const newName = change.newName ?? name;
  if (change.digest !== undefined && change.digest !== '') return `${newName}@${change.digest}`;
  if (change.newTag !== undefined && change.newTag !== '') return `${newName}:${change.newTag}`;
  if (change.tagSuffix !== undefined) return `${newName}:${tag ?? 'latest'}${change.tagSuffix}`;
  return `${newName}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

function splitImage(image: string): { name: string; tag?: string; digest?: string } {
  const [rest = '', digest] = image.split('@', 2);
  const colon = rest.lastIndexOf(':');
  const hasTag = colon > rest.lastIndexOf('/');
  return {
    name: hasTag ? rest.slice(0, colon) : rest,
    ...(hasTag ? { tag: rest.slice(colon + 1) } : {}),
    ...(digest === undefined ? {} : { digest }),
  };
}
