/** Where a notification goes: the name of a configured service and one of its recipients, which may be empty. */
export interface Destination {
  readonly service: string;
  readonly recipient: string;
}

/** Destinations by trigger, each once, in the order in which they were asked for. */
export type Destinations = ReadonlyMap<string, readonly Destination[]>;
