import { expect } from 'chai';
import {
  array,
  assert,
  constantFrom,
  integer,
  jsonValue,
  oneof,
  property,
  string,
  stringMatching,
} from 'fast-check';
import { QueryFailure } from '#adapters/metrics/http/failure.js';
import { inventoryOf, parseInventoryEntry } from '#core/gitops/apply/inventory.js';
import { canonicalQuantity, quantityInNanos } from '#core/template-hash/quantity.js';
import { formatGoDuration, parseGoDuration } from '#core/time/duration.js';
import { formatInstant, instantOf, parseInstant } from '#core/time/instant.js';
import { parseYaml, printYaml } from '#core/yaml/yaml.js';
import { AppError } from '#ports/errors.js';
import { farSubjects } from './far-subjects.js';
import { type Subject, subjects } from './subjects.js';

/** Far over what a linear parser takes, of CPU, far under what a quadratic one does. */
const longestMs = 2500;

/** Throws nothing but what says what is wrong with the input, and comes back soon. */
function bears({ parse }: Subject, text: string): void {
  const from = process.cpuUsage();
  try {
    parse(text);
  } catch (thrown) {
    if (!(thrown instanceof AppError) && !(thrown instanceof QueryFailure)) throw thrown;
  }
  const { user, system } = process.cpuUsage(from);
  expect((user + system) / 1000, `${text.length} characters`).to.be.lessThan(longestMs);
}

describe('parsers of what users write', function () {
  this.timeout(60_000);
  const budget = { numRuns: 200, interruptAfterTimeLimit: 500, ...seedOf(process.env['SEED']) };
  for (const subject of [...subjects, ...farSubjects]) {
    it(`${subject.name}: whatever the text, an answer or a word of what is wrong`, () => {
      const word = constantFrom(...subject.words);
      const piece = oneof(
        { weight: 8, arbitrary: word },
        { weight: 1, arbitrary: string({ unit: 'binary', maxLength: 5 }) },
      );
      const text = array(piece, { maxLength: 40 }).map((pieces) => pieces.join(''));
      assert(
        property(text, (one) => bears(subject, one)),
        budget,
      );
    });

    it(`${subject.name}: deep nesting ends`, () => {
      for (const [open, close] of subject.nests)
        for (const depth of [50, 10_000]) {
          bears(subject, open.repeat(depth));
          bears(subject, open.repeat(depth) + close.repeat(depth));
        }
    });

    it(`${subject.name}: long texts of one word end`, () => {
      for (const one of subject.words) bears(subject, one.repeat(Math.ceil(50_000 / one.length)));
    });
  }

  it('YAML and durations come back as they were printed', () => {
    assert(
      property(jsonValue({ maxDepth: 4 }), (value) => {
        const plain = JSON.parse(JSON.stringify(value)) as unknown;
        expect(parseYaml(printYaml(plain))).to.deep.equal({ ok: true, value: plain });
      }),
      budget,
    );
    assert(
      property(integer({ min: -8_000_000_000, max: 8_000_000_000 }), (ms) => {
        expect(parseGoDuration(formatGoDuration(ms))).to.equal(ms);
      }),
      budget,
    );
  });

  it('moments, quantities and entries of inventories come back as they were written', () => {
    const name = stringMatching(/^[a-z0-9]([-a-z0-9.]{0,20}[a-z0-9])?$/);
    assert(
      property(integer({ min: 0, max: 4_000_000_000 }), name, name, (seconds, namespace, given) => {
        const at = instantOf(seconds * 1000);
        expect(parseInstant(formatInstant(at))).to.equal(at);
        const object = { apiVersion: 'apps/v1', kind: 'ReplicaSet', metadata: { namespace, name: given } };
        const [entry] = inventoryOf([object]);
        expect(entry && parseInventoryEntry(entry)).to.deep.include({
          namespace,
          name: given,
          kind: 'ReplicaSet',
        });
      }),
      budget,
    );
    const quantity = stringMatching(/^-?[0-9]{1,12}(\.[0-9]{1,6})?(m|k|M|G|Ki|Mi|Gi|e3|E-2)?$/);
    assert(
      property(quantity, (text) => {
        const canonical = canonicalQuantity(text);
        if (canonical === undefined) return;
        expect(canonicalQuantity(canonical)).to.equal(canonical);
        expect(quantityInNanos(canonical)).to.equal(quantityInNanos(text));
      }),
      budget,
    );
  });
});

function seedOf(seed: string | undefined): { readonly seed?: number } {
  return seed === undefined ? {} : { seed: Number(seed) };
}
