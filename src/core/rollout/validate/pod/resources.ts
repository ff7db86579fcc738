import { isObject, type JsonObject } from '#core/json/json.js';
import { objectAt, objectsAt, textAt } from '#core/json/read.js';
import { canonicalQuantity, quantityInNanos } from '#core/template-hash/quantity.js';
import { firstError, forbidden, invalid, required, type Rule, type SpecError } from '../field-error.js';
import { qualifiedNameProblem } from '../names.js';
import { eachOf } from './fields.js';

/** Rules of what a container asks for and may use; `claims` are the names of the pod's claims. */
export function validateResources(
  resources: unknown,
  claims: readonly string[],
  path: string,
): SpecError | undefined {
  const limits = objectAt(resources, 'limits');
  const requests = objectAt(resources, 'requests');
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  const isHugeOnly = names.some(isHugePage) && !names.some((name) => name === 'cpu' || name === 'memory');
  return firstError([
    () => validateAmounts(limits, `${path}.limits`),
    ...Object.entries(requests).map(
      ([name, value]): Rule =>
        () =>
          validateAmount(name, value, `${path}.requests[${name}]`) ??
          validateBound(name, value, limits, path),
    ),
    () => (isHugeOnly ? forbidden(path, 'HugePages require cpu or memory') : undefined),
    () => validateClaims(objectsAt(resources, 'claims'), claims, `${path}.claims`),
  ]);
}

/** Rules of a map of quantities by resource. */
export function validateAmounts(amounts: unknown, path: string): SpecError | undefined {
  return firstError(
    Object.entries(isObject(amounts) ? amounts : {}).map(
      ([name, value]) =>
        () =>
          validateAmount(name, value, `${path}[${name}]`),
    ),
  );
}

const standard = ['cpu', 'memory', 'ephemeral-storage'];
const otherStandard =
  /^(storage|pods|services|secrets|configmaps|replicationcontrollers|resourcequotas|persistentvolumeclaims|(requests|limits)\.(cpu|memory|ephemeral-storage)|requests\.storage|services\.(nodeports|loadbalancers))$/;

function isHugePage(name: string): boolean {
  return name.startsWith('hugepages-');
}

/** Kubernetes gives out more of these than there is; all others are counted. */
function mayOvercommit(name: string): boolean {
  return !isHugePage(name) && (!name.includes('/') || name.split('/')[0]?.endsWith('kubernetes.io') === true);
}

function nanosOf(value: unknown): bigint | undefined {
  return typeof value === 'string' || typeof value === 'number' ? quantityInNanos(value) : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value) : '';
}

function validateAmount(name: string, value: unknown, path: string): SpecError | undefined {
  const problem = qualifiedNameProblem(name);
  if (problem !== undefined) return invalid(path, name, problem);
  if (!name.includes('/') && !standard.includes(name) && !isHugePage(name)) {
    const isKnown = otherStandard.test(name);
    const what = isKnown
      ? 'must be a standard resource for containers'
      : 'must be a standard resource type or fully qualified';
    return invalid(path, name, what);
  }
  const nanos = nanosOf(value);
  if (nanos !== undefined && nanos < 0n)
    return invalid(path, textOf(value), 'must be greater than or equal to 0');
  const isWhole = nanos === undefined || nanos % 1_000_000_000n === 0n;
  return isWhole || mayOvercommit(name) ? undefined : invalid(path, textOf(value), 'must be an integer');
}

function validateBound(
  name: string,
  value: unknown,
  limits: JsonObject,
  path: string,
): SpecError | undefined {
  const asked = nanosOf(value);
  const limit = nanosOf(limits[name]);
  if (limit === undefined) {
    return mayOvercommit(name)
      ? undefined
      : required(`${path}.limits`, 'Limit must be set for non overcommitable resources');
  }
  if (asked === undefined || asked === limit) return undefined;
  const bound = `${name} limit of ${textOf(limits[name])}`;
  if (!mayOvercommit(name)) return invalid(`${path}.requests`, textOf(value), `must be equal to ${bound}`);
  return asked > limit
    ? invalid(`${path}.requests`, textOf(value), `must be less than or equal to ${bound}`)
    : undefined;
}

function validateClaims(
  used: readonly JsonObject[],
  claims: readonly string[],
  path: string,
): SpecError | undefined {
  return eachOf(used, path, (claim, at) => {
    const name = textAt(claim, 'name') ?? '';
    if (claims.includes(name)) return undefined;
    const which = claims.length === 0 ? ' which is empty' : '';
    const message = `Not found: ${JSON.stringify(name)}: must be one of the names in pod.spec.resourceClaims${which}`;
    return { path: at, message };
  });
}
