import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How often the growing pack is looked at. */
const everyMs = 200;

/**
 * Looks at what git receives into a bare repository and calls once when it is larger than allowed.
 * @returns a function that ends the looking.
 */
export function watchPacks(
  { directory, maxBytes }: { readonly directory: string; readonly maxBytes: number },
  onTooLarge: () => void,
): () => void {
  const folder = join(directory, 'objects', 'pack');
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    void sizeOf(folder).then((bytes) => {
      isLooking = false;
      if (bytes <= maxBytes) return;
      clearInterval(timer);
      onTooLarge();
    });
  }, everyMs);
  return () => clearInterval(timer);
}

async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = await Promise.all(
    names.map((name) =>
      stat(join(folder, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
