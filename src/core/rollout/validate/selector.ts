import type { LabelSelector } from '#api/k8s/meta.js';
import type { JsonObject } from '#core/json/json.js';
import { objectsAt, textAt, textsAt } from '#core/json/read.js';
import { firstError, forbidden, invalid, required, type Rule, type SpecError } from './field-error.js';
import { labelValueProblem } from './names.js';
import { eachOf, keyError, validateLabelMap } from './pod/fields.js';

/** Rules of a selector that must select something. */
export function validateSelector(selector: LabelSelector, path: string): SpecError | undefined {
  const { matchLabels = {}, matchExpressions = [] } = selector;
  const isEmpty = Object.keys(matchLabels).length + matchExpressions.length === 0;
  return isEmpty
    ? invalid(path, selector, 'empty selector is invalid for deployment')
    : validateLabelSelector({ matchLabels, matchExpressions }, path);
}

/** Rules of any selector of labels; an empty one is fine. */
export function validateLabelSelector(selector: JsonObject, path: string): SpecError | undefined {
  return firstError([
    () => validateLabelMap(selector['matchLabels'], `${path}.matchLabels`),
    () => eachOf(objectsAt(selector, 'matchExpressions'), `${path}.matchExpressions`, validateRequirement),
  ]);
}

function validateRequirement(requirement: JsonObject, path: string): SpecError | undefined {
  const values = textsAt(requirement, 'values');
  return firstError([
    () => validateOperator(requirement['operator'], values.length > 0, path),
    () => keyError(textAt(requirement, 'key') ?? '', `${path}.key`),
    ...values.map((value, i): Rule => () => {
      const problem = labelValueProblem(value);
      return problem === undefined ? undefined : invalid(`${path}.values[${i}]`, value, problem);
    }),
  ]);
}

function validateOperator(operator: unknown, hasValues: boolean, path: string): SpecError | undefined {
  switch (operator) {
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
      return invalid(`${path}.operator`, operator ?? '', 'not a valid selector operator');
  }
}
