import { isObject } from '#core/json/json.js';

/** One encrypted value as SOPS writes it. */
export interface SealedValue {
  readonly data: string;
  readonly iv: string;
  readonly tag: string;
  readonly type: string;
}

/**
 * Opens a value. @param path - the keys that lead to it, each followed by a colon, which are part of what was sealed.
 * Throws when the key is not the one that it was sealed with.
 */
export type OpenValue = (value: SealedValue, path: string) => string;

const sealed = /^ENC\[AES256_GCM,data:([^,]*),iv:([^,]*),tag:([^,]*),type:(\w+)\]$/;

/** The tree without its SOPS block, every encrypted value opened. Elements of a list have the path of the list. */
export function decryptTree(tree: unknown, open: OpenValue): unknown {
  if (!isObject(tree)) return tree;
  const { sops: _metadata, ...rest } = tree;
  return decrypted(rest, '', open);
}

function decrypted(value: unknown, path: string, open: OpenValue): unknown {
  if (Array.isArray(value)) return value.map((item) => decrypted(item, path, open));
  if (isObject(value)) {
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, decrypted(inner, `${path}${key}:`, open)]),
    );
  }
  return typeof value === 'string' ? opened(value, path, open) : value;
}

function opened(text: string, path: string, open: OpenValue): unknown {
  const match = sealed.exec(text);
  if (match === null) return text;
  const [, data = '', iv = '', tag = '', type = ''] = match;
  // An empty text is left as it is by SOPS; an empty ciphertext stands for it.
  const plain = open({ data, iv, tag, type }, path);
  switch (type) {
    case 'int':
    case 'float':
      return Number(plain);
    case 'bool':
      return plain.toLowerCase() === 'true';
    default:
      return plain;
  }
}
