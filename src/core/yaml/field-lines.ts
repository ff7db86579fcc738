import { EVENT_ID, getScalarValue, parseEvents, type Event } from 'js-yaml';

/** Where a field stands: its line, from 1, and how many of the path's parts were found. */
interface FieldPlace {
  readonly line: number;
  readonly depth: number;
}

/** Finds a field by a path such as `spec.steps[0].setWeight`; what is not there is found at the deepest part that is. */
export type LocateField = (path: string) => FieldPlace;

interface Place {
  readonly line: number;
  readonly children: Map<string, Place>;
}

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
    return { line: place.line, depth };
  };
}

function partsOf(path: string): readonly string[] {
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .split('.')
    .filter((part) => part !== '');
}

function placesOf(text: string): Place {
  const root: Place = { line: 1, children: new Map() };
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
      const child = { line: this.#lineOf(startOf(key)), children: new Map() };
      if (key.type === EVENT_ID.SCALAR) place.children.set(getScalarValue(this.#text, key), child);
      this.read(child);
    }
  }

  #sequence(place: Place): void {
    for (let i = 0; ; i++) {
      const item = this.#events[this.#next];
      if (item === undefined || item.type === EVENT_ID.POP) break;
      const child = { line: this.#lineOf(startOf(item)), children: new Map() };
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

  #lineOf(offset: number): number {
    return this.#text.slice(0, offset).split('\n').length;
  }
}

function startOf(event: Event): number {
  if (event.type === EVENT_ID.SCALAR) return event.valueStart;
  if (event.type === EVENT_ID.ALIAS) return event.anchorStart;
  return event.type === EVENT_ID.MAPPING || event.type === EVENT_ID.SEQUENCE ? event.start : 0;
}
