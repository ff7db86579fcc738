import { expect } from 'chai';
import { substitute } from './substitute.js';
import { substituteObjects, variablesOf } from './substitute-objects.js';

const variables = { a: 'Hello', e: '', path: 'usr/lib/x.tar.gz', n: '-3', s: '/', q: 'a/b/a' };
const strict = (text: string) => substitute(text, variables, { isStrict: true });

describe('post build substitution', () => {
  const good: readonly [text: string, result: string][] = [
    ['plain', 'plain'],
    ['${a}', 'Hello'],
    ['x${a}y${a}', 'xHelloyHello'],
    ['${#a}', '5'],
    ['${a^^}', 'HELLO'],
    ['${a^}', 'Hello'],
    ['${a,}', 'hello'],
    ['${a,,}', 'hello'],
    ['${a:1:3}', 'ell'],
    ['${a:1}', 'ello'],
    ['${a:9}', ''],
    ['${a:-2}', 'Hello'],
    ['${a: -2}', 'Hello'],
    ['${a:${n}}', 'llo'],
    ['${a:x}', 'Hello'],
    ['${a:1:x}', 'Hello'],
    ['${a/l/L}', 'HeLlo'],
    ['${a//l/L}', 'HeLLo'],
    ['${a/#He/J}', 'Jllo'],
    ['${a/%lo/p}', 'Help'],
    ['${a//l}', 'Heo'],
    ['${q//\\//-}', 'a-b-a'],
    ['${a#H}', 'ello'],
    ['${a%lo}', 'Hel'],
    ['${path#*/}', 'lib/x.tar.gz'],
    ['${path##*/}', 'x.tar.gz'],
    ['${path%.*}', 'usr/lib/x.tar'],
    ['${path%%.*}', 'usr/lib/x'],
    ['${a#[A-J]?}', 'llo'],
    ['${e:=x}', 'x'],
    ['${e=x}', 'x'],
    ['${e:-x}', 'x'],
    ['${e:?x}', 'x'],
    ['${e:+x}', 'x'],
    ['${a:+x}', 'Hello'],
    ['${e}', ''],
    ['${u:-${a}!}', 'Hello!'],
    ['${u:-a ${a} b ${a}}', 'a Hello b Hello'],
    ['${u:=}', ''],
    ['$${a}', '${a}'],
    ['$a', '$a'],
    ['100$', '100$'],
  ];
  for (const [text, result] of good) {
    it(`turns ${text} into ${JSON.stringify(result)}`, () => {
      expect(strict(text)).to.deep.equal({ ok: true, text: result });
    });
  }

  const bad: readonly [text: string, message: string][] = [
    ['${u}', 'variable not set (strict mode): "u"'],
    ['${u^^}', 'variable not set (strict mode): "u"'],
    ['${u:-${w}}', 'variable not set (strict mode): "w"'],
    ['${a-x}', 'missing closing brace'],
    ['${a+x}', 'missing closing brace'],
    ['${1-x}', 'missing closing brace'],
    ['${a', 'bad substitution'],
    ['${a:-x', 'missing closing brace'],
    ['${}', 'unable to parse variable name'],
  ];
  for (const [text, message] of bad) {
    it(`refuses ${text}`, () => expect(strict(text)).to.deep.equal({ ok: false, message }));
  }

  it('cuts off by a glob of many stars in bounded time', () => {
    const stars = `${'*a'.repeat(40)}b`;
    const long = { a: 'a'.repeat(2000) };
    for (const form of ['#', '##', '%', '%%']) {
      const result = substitute(`\${a${form}${stars}}`, long, { isStrict: true });
      expect(result).to.deep.equal({ ok: true, text: long.a });
    }
  });

  it('refuses replacements inside of replacements that multiply', () => {
    const bomb = Array.from({ length: 12 }).reduce<string>((inner) => `\${a//l/${inner}}`, 'l');
    const message = 'replacements make more than 16777216 characters';
    expect(substitute(bomb, { a: 'l'.repeat(20) }, { isStrict: true })).to.deep.equal({ ok: false, message });
  });

  it('leaves an unset variable empty when it is not strict', () => {
    expect(substitute('x${u}y', variables, { isStrict: false })).to.deep.equal({ ok: true, text: 'xy' });
  });

  it('takes later sources over earlier ones and inline values over all, without line breaks', () => {
    const result = variablesOf({ substitute: { c: '3' } }, [{ a: '1', b: '1\n', c: '1' }, { b: '2\n2' }]);
    expect(result).to.deep.equal({ ok: true, value: { a: '1', b: '22', c: '3' } });
    expect(variablesOf({ substitute: { '1x': '' } }, [])).to.have.property('ok', false);
  });

  const object = (value: string, annotations = {}) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'x', annotations },
    data: { value },
  });

  it('lets an unquoted value change its type, and leaves out what asks for it', () => {
    const off = object('${v}', { 'kustomize.toolkit.fluxcd.io/substitute': 'disabled' });
    const result = substituteObjects([object('${v}'), off], { substitute: { v: '123' } }, { v: '123' });
    if (!result.ok) throw new Error(result.problem.message);
    expect(result.value.map((each) => each['data'])).to.deep.equal([{ value: 123 }, { value: '${v}' }]);
  });

  it('does nothing without variables unless it is told to', () => {
    const untouched = substituteObjects([object('${v}')], { substitute: {} }, {});
    expect(untouched).to.deep.equal({ ok: true, value: [object('${v}')] });
    const always = substituteObjects([object('${v:=1}')], { substituteStrategy: 'Always' }, {});
    expect(always.ok && always.value[0]?.['data']).to.deep.equal({ value: 1 });
    const failed = substituteObjects([object('${v}')], { substituteStrategy: 'Always' }, {});
    expect(!failed.ok && failed.problem.message).to.match(/^ConfigMap\/x: .*"v"/);
  });
});
