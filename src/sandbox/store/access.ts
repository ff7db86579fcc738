import type { ApiRequest } from './request.js';
import { StatusError } from './status.js';
import type { AccessControl, View } from './view.js';

/** Everybody may do everything; no token is known. */
export const openAccess: AccessControl = {
  authenticate: () => undefined,
  authorize: () => ({ allowed: true }),
};

/** Refuses with 403 what the requester may not do. A request without a user is the administrator's. */
export function checkAccess(view: View, request: ApiRequest): void {
  if (request.user === undefined) return;
  const { verb, group, resource, namespace, name, subresource } = request;
  const decision = view.access.authorize({
    user: request.user,
    verb,
    group,
    resource,
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
    ...(subresource === undefined ? {} : { subresource }),
  });
  if (decision.allowed) return;
  const path = subresource === undefined ? resource : `${resource}/${subresource}`;
  const qualified = group === '' ? resource : `${resource}.${group}`;
  const where =
    namespace === undefined ? 'at the cluster scope' : `in the namespace ${JSON.stringify(namespace)}`;
  const subject = name === undefined ? qualified : `${qualified} ${JSON.stringify(name)}`;
  const why = decision.reason === undefined ? '' : `: ${decision.reason}`;
  throw new StatusError(
    403,
    'Forbidden',
    `${subject} is forbidden: User ${JSON.stringify(request.user.username)} cannot ${verb} resource ${JSON.stringify(path)} in API group ${JSON.stringify(group)} ${where}${why}`,
    { ...(name === undefined ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource },
  );
}
