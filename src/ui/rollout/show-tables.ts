import { signal } from '@preact/signals';

/** Plots swap for their tables. */
export const showTables = signal(false);
