import type { FunctionTable } from '../argument.js';
import { codecFunctions } from './codecs.js';
import { dateFunctions } from './dates.js';
import { listFunctions, mapFunctions } from './lists.js';
import { numberFunctions } from './numbers.js';
import { textualFunctions } from './texts.js';

const functions: FunctionTable = {
  ...textualFunctions,
  ...listFunctions,
  ...mapFunctions,
  ...numberFunctions,
  ...dateFunctions,
  ...codecFunctions,
};

/** Names that sprig has a second time with `must` in front; here both say what is wrong. */
const strict =
  'toJson toRawJson toPrettyJson fromJson regexFind regexFindAll regexReplaceAll regexReplaceAllLiteral regexSplit first last rest initial append push prepend reverse uniq compact without has chunk merge mergeOverwrite deepCopy dateModify'.split(
    ' ',
  );

/** The functions of sprig that templates of notifications use; see the README of go-template. */
export const sprigFunctions: FunctionTable = {
  ...functions,
  ...Object.fromEntries(
    strict.flatMap((name) => {
      const run = functions[name];
      return run === undefined ? [] : [[`must${name.charAt(0).toUpperCase()}${name.slice(1)}`, run]];
    }),
  ),
};
