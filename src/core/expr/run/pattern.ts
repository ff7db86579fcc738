import { RE2JS, RE2JSException } from 're2js';
import { ExprError } from '../expr-error.js';

const cache = new Map<string, RE2JS>();

const cacheSize = 200;

/** A pattern in RE2 syntax, matched anywhere in a text. Throws ExprError when it is none. */
export function compilePattern(pattern: string, at?: number): RE2JS {
  const known = cache.get(pattern);
  if (known !== undefined) return known;
  try {
    const compiled = RE2JS.compile(pattern);
    if (cache.size >= cacheSize) cache.clear();
    cache.set(pattern, compiled);
    return compiled;
  } catch (thrown) {
    // The library throws nothing else for a pattern that it refuses; anything else is a fault of ours.
    if (!(thrown instanceof RE2JSException)) throw thrown;
    throw new ExprError(thrown.message, at);
  }
}

/** Whether the pattern occurs in the text. Throws ExprError for a bad pattern. */
export function matchesPattern(pattern: string, text: string): boolean {
  return compilePattern(pattern).test(text);
}

/** As {@link matchesPattern}, but a bad pattern occurs nowhere. */
export function isPatternIn(pattern: string, text: string): boolean {
  try {
    return matchesPattern(pattern, text);
  } catch (thrown) {
    // A bad pattern is an answer here.
    if (thrown instanceof ExprError) return false;
    throw thrown;
  }
}
