import { matchesSelector, parseSelector } from '#core/kube/selector.js';
import type { ApiRequest } from '../request.js';
import type { Resource } from '../resource-type.js';
import { badRequest } from '../status.js';
import { fieldFilter, type Filter } from './fields.js';

/** What the selectors of a list or watch let through; `undefined` when there are none. */
export function filterOf(resource: Resource, request: ApiRequest): Filter | undefined {
  const byField = fieldFilter(resource, request.query?.['fieldSelector']);
  const byLabel = labelFilter(request.query?.['labelSelector']);
  const byName = request.name === undefined ? undefined : nameFilter(request.name);
  const filters = [byField, byLabel, byName].filter((one) => one !== undefined);
  return filters.length === 0 ? undefined : (object) => filters.every((one) => one(object));
}

function nameFilter(name: string): Filter {
  return (object) => object.metadata.name === name;
}

function labelFilter(text: string | undefined): Filter | undefined {
  if (text === undefined || text === '') return undefined;
  const selector = parseSelector(text);
  if (selector === undefined)
    throw badRequest(
      `unable to parse requirement: found ${JSON.stringify(text)}, expected: a label selector`,
    );
  return (object) => matchesSelector(selector, object.metadata.labels);
}
