import { Counter, Histogram, type Registry } from 'prom-client';

/** An object in labels. */
export interface SeriesObject {
  readonly namespace: string;
  readonly name: string;
}

type Labels = Readonly<Record<string, string>>;

/**
 * Counters and histograms with the namespace and name of an object as labels. Which label sets there are is remembered by
 * object, so that they can be dropped with it.
 */
export class ObjectSeries {
  readonly #metrics: (Counter | Histogram)[] = [];
  readonly #labels = new Map<string, Map<string, readonly [metric: Counter | Histogram, labels: Labels]>>();
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** A counter; the answer counts one for an object and the values of the other labels. */
  counter(
    name: string,
    help: string,
    labels: readonly string[] = [],
  ): (of: SeriesObject, values?: Labels) => void {
    const labelNames = ['namespace', 'name', ...labels];
    const metric = new Counter({ name, help, labelNames, registers: [this.#registry] });
    this.#metrics.push(metric);
    return (of, values = {}) => metric.inc(this.#remember(metric, this.#metrics.indexOf(metric), of, values));
  }

  /** A histogram of seconds; the answer observes a duration. */
  histogram(
    name: string,
    help: string,
    buckets: readonly number[],
  ): (of: SeriesObject, seconds: number) => void {
    const labelNames = ['namespace', 'name'];
    const metric = new Histogram({
      name,
      help,
      labelNames,
      buckets: [...buckets],
      registers: [this.#registry],
    });
    this.#metrics.push(metric);
    return (of, seconds) =>
      metric.observe(this.#remember(metric, this.#metrics.indexOf(metric), of, {}), seconds);
  }

  /** Drops the series of every object that is not there any more. */
  forget(isThere: (of: SeriesObject) => boolean): void {
    for (const [id, series] of this.#labels) {
      const [namespace = '', name = ''] = id.split('/');
      if (isThere({ namespace, name })) continue;
      for (const [metric, labels] of series.values()) metric.remove(labels);
      this.#labels.delete(id);
    }
  }

  #remember(metric: Counter | Histogram, index: number, of: SeriesObject, values: Labels): Labels {
    const { namespace, name } = of;
    const labels = { namespace, name, ...values };
    const id = `${namespace}/${name}`;
    const series = this.#labels.get(id) ?? new Map<string, readonly [Counter | Histogram, Labels]>();
    this.#labels.set(id, series);
    const key = [index, ...Object.values(values)].join('\n');
    if (!series.has(key)) series.set(key, [metric, labels]);
    return labels;
  }
}
