import { factsOf, isFailure, objectTitle } from '#core/alert/words.js';
import { type Encode, needed } from '../outgoing.js';

/** A card in a space of Google Chat. */
export const encodeGoogleChat: Encode = ({ destination, event }) => {
  const colour = isFailure(event) ? '#ff0000' : '#33ff33';
  const text = `<font color="${colour}">${escapeHtml(event.message)}</font>`;
  const facts = factsOf(event).map(([topLabel, content]) => ({
    keyValue: { topLabel, content, contentMultiline: content.length > 30 },
  }));
  const sections = [
    { widgets: [{ textParagraph: { text } }] },
    ...(facts.length === 0 ? [] : [{ widgets: facts }]),
  ];
  const header = { title: objectTitle(event), subtitle: event.reportingController };
  return [{ url: needed(destination, 'address'), body: { cards: [{ header, sections }] } }];
};

/** A card in a group of Lark. */
export const encodeLark: Encode = ({ destination, event }) => {
  const facts = factsOf(event).map(([name, value]) => `\n**${name}**: ${value}`);
  const { severity, message } = event;
  return [
    {
      url: needed(destination, 'address'),
      body: {
        msg_type: 'interactive',
        card: {
          config: { wide_screen_mode: true },
          header: {
            title: { tag: 'plain_text', content: `[${severity.toUpperCase()}] ${objectTitle(event)}` },
            template: isFailure(event) ? 'red' : 'turquoise',
          },
          elements: [{ tag: 'div', text: { tag: 'lark_md', content: `**${message}**${facts.join('')}` } }],
        },
      },
    },
  ];
};

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
