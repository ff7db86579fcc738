import { readdirSync, readFileSync } from 'node:fs';
import { parseStory, playStory } from './story.js';

describe('stories', () => {
  const folder = new URL('.', import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.story'))) {
    it(file.replace('.story', '').replaceAll('-', ' '), async () => {
      await playStory(parseStory(readFileSync(new URL(file, folder), 'utf8')));
    });
  }
});
