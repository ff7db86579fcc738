import { EVENT_ID, getScalarValue, parseEvents, type Event } from 'js-yaml';

/** Where a field stands: its line and column, from 1, and how many of the path's parts were found. */
interface FieldPlace extends TextPlace {
  readonly depth: number;
  /** Where its value begins; in a list that is the place of the item itself. */
  readonly value: TextPlace;
}

/** Counted from 1. */
export interface TextPlace {
  readonly line: number;
  readonly column: number;
}

/** Finds a field by a path such as `spec.steps[0].setWeight`; what is not there is found at the deepest part that is. */
export type LocateField = (path: string) => FieldPlace;

interface Place extends TextPlace {
  readonly value: TextPlace;
  readonly children: Map<string, Place>;
}

const top: TextPlace = { line: 1, column: 1 };

/** The places of every field of a document. A text that is no YAML has only its first line. */
export function locateFields(text: string): LocateField {
  const root = placesOf(text);
  return (path) => {
    let place = root;
    let depth = 0;
    for (const part of partsOf(path)) {
      const child = place.children.get(part);
      if (child === undefined) break;
      place = child;
      depth += 1;
    }
    return { line: place.line, column: place.column, depth, value: place.value };
  };
}

function partsOf(path: string): readonly string[] {
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((part) => part !== '');
}

function placesOf(text: string): Place {
  const root: Place = { ...top, value: top, children: new Map() };
  try {
    const reader = new Reader(text, parseEvents(text, {}));
    reader.read(root);
  } catch {
    // Whoever parses the text says what is wrong with it.
  }
  return root;
}

/** Walks the events of the first document once. */
class Reader {
  readonly #text: string;
  readonly #events: readonly Event[];
  #next = 1;

  constructor(text: string, events: readonly Event[]) {
    this.#text = text;
    this.#events = events;
  }

  /** Reads one node, whose place is known already, with everything below it. */
  read(place: Place): void {
    const event = this.#take();
    if (event?.type === EVENT_ID.MAPPING) this.#mapping(place);
    if (event?.type === EVENT_ID.SEQUENCE) this.#sequence(place);
  }

  #mapping(place: Place): void {
    for (;;) {
      const key = this.#take();
      if (key === undefined || key.type === EVENT_ID.POP) return;
      const at = this.#placeOf(startOf(key));
      const next = this.#events[this.#next];
      const value = next === undefined ? at : this.#placeOf(startOf(next));
      const child = { ...at, value, children: new Map() };
      if (key.type === EVENT_ID.SCALAR) place.children.set(getScalarValue(this.#text, key), child);
      this.read(child);
    }
  }

  #sequence(place: Place): void {
    for (let i = 0; ; i++) {
      const item = this.#events[this.#next];
      if (item === undefined || item.type === EVENT_ID.POP) break;
      const at = this.#placeOf(startOf(item));
      const child = { ...at, value: at, children: new Map() };
      place.children.set(String(i), child);
      this.read(child);
    }
    this.#take();
  }

  #take(): Event | undefined {
    const event = this.#events[this.#next];
    this.#next += 1;
    return event;
  }

  #placeOf(offset: number): TextPlace {
    const before = this.#text.slice(0, offset).split('\n');
    return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
  }
}

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart;
  return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE ? event.start : 0;
}
