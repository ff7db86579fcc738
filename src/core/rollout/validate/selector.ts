import type { LabelSelector, LabelSelectorRequirement } from '#api/k8s/meta.js';
import { firstError, forbidden, invalid, required, type SpecError } from './field-error.js';
import { labelValueProblem } from './names.js';

/** Rules of a selector that must select something. */
export function validateSelector(selector: LabelSelector, path: string): SpecError | undefined {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  if (Object.keys(matchLabels).length + matchExpressions.length === 0) {
    return invalid(path, selector, 'empty selector is invalid for deployment');
  }
  return firstError([
    ...Object.values(matchLabels).map((value) => () => {
      const problem = labelValueProblem(value);
      return problem === undefined ? undefined : invalid(`${path}.matchLabels`, value, problem);
    }),
    ...matchExpressions.map(
      (requirement, i) => () => validateRequirement(requirement, `${path}.matchExpressions[${i}]`),
    ),
  ]);
}

function validateRequirement(requirement: LabelSelectorRequirement, path: string): SpecError | undefined {
  const hasValues = (requirement.values ?? []).length > 0;
  switch (requirement.operator) {
    case 'In':
    case 'NotIn':
      return hasValues
        ? undefined
        : required(`${path}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
    case 'Exists':
    case 'DoesNotExist':
      return hasValues
        ? forbidden(`${path}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
        : undefined;
    default:
      return invalid(`${path}.operator`, requirement.operator, 'not a valid selector operator');
  }
}
