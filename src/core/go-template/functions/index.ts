import { collectionFunctions } from './collection.js';
import { compareFunctions } from './compare.js';
import { sprigFunctions } from './sprig/index.js';
import { textFunctions } from './text.js';
import type { TemplateFunction } from './argument.js';

/** Every function that a template may call: those of Go and those of sprig, but for the ones that read the environment. */
export const templateFunctions: ReadonlyMap<string, TemplateFunction> = new Map<string, TemplateFunction>(
  Object.entries({ ...sprigFunctions, ...compareFunctions, ...collectionFunctions, ...textFunctions }),
);

/** Names that the language itself knows. */
export const languageFunctions: readonly string[] = ['and', 'or', 'call'];
