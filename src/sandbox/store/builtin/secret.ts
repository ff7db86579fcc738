import { isEqual } from '#core/json/json.js';
import { forbiddenValue, invalidValue } from '../causes.js';
import type { KindRules } from '../resource-type.js';
import type { Cause } from '../status.js';
import { fieldsIn } from './pod-defaults.js';
import type { UnknownObject } from '#api/k8s/meta.js';

/** `stringData` is written only: the server turns it into `data`. */
export const secretRules: KindRules = {
  applyDefaults: (secret) => {
    const { stringData, ...rest } = secret;
    const encoded = Object.entries(fieldsIn(stringData)).map(
      ([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const,
    );
    const data = { ...fieldsIn(secret['data']), ...Object.fromEntries(encoded) };
    const filled = { type: 'Opaque', ...rest } as UnknownObject;
    return Object.keys(data).length === 0 ? filled : { ...filled, data };
  },
  validateUpdate: (secret, old) => [
    ...validateImmutable(secret, old),
    ...(secret['type'] === old['type'] ? [] : [invalidValue('type', secret['type'], 'field is immutable')]),
  ],
};

export const configMapRules: KindRules = { validateUpdate: validateImmutable };

function validateImmutable(next: UnknownObject, old: UnknownObject): readonly Cause[] {
  if (old['immutable'] !== true) return [];
  const isSame = isEqual(next['data'], old['data']) && next['immutable'] === true;
  return isSame ? [] : [forbiddenValue('data', 'field is immutable when `immutable` is set')];
}
