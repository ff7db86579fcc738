import { expect } from 'chai';
import { proxyOf } from './proxy.js';

const proxied = (url: string, env: Record<string, string>): string | undefined =>
  proxyOf(new URL(url), env)?.href;

describe('the proxy that the environment names', () => {
  for (const [url, env, expected] of [
    ['http://a.b/x', {}, undefined],
    ['http://a.b/x', { HTTP_PROXY: 'http://p:1' }, 'http://p:1/'],
    ['http://a.b/x', { http_proxy: 'p:1' }, 'http://p:1/'],
    ['http://a.b/x', { HTTP_PROXY: 'http://up:1', http_proxy: 'http://low:1' }, 'http://up:1/'],
    ['https://a.b/x', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['https://a.b/x', { HTTPS_PROXY: 'https://u:s@p:1' }, 'https://u:s@p:1/'],
    ['http://a.b/x', { HTTPS_PROXY: 'http://p:1' }, undefined],
    ['http://localhost:9090', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http://127.0.0.3:9090', { HTTP_PROXY: 'http://p:1' }, undefined],
    ['http://[::1]:9090', { HTTP_PROXY: 'http://p:1' }, undefined],
  ] as const) {
    it(`is ${expected ?? 'none'} for ${url} with ${JSON.stringify(env)}`, () => {
      expect(proxied(url, env)).to.equal(expected);
    });
  }

  for (const [exceptions, url, isExcepted] of [
    ['*', 'http://a.b', true],
    ['a.b', 'http://a.b', true],
    ['A.B', 'http://a.b', true],
    ['b', 'http://a.b', true],
    ['b', 'http://ab', false],
    ['.b', 'http://a.b', true],
    ['.a.b', 'http://a.b', false],
    ['*.svc', 'http://prometheus.monitoring.svc:9090', true],
    ['x, .svc ,y', 'http://prometheus.monitoring.svc', true],
    ['a.b:80', 'http://a.b', true],
    ['a.b:81', 'http://a.b', false],
    ['a.b:8080', 'http://a.b:8080', true],
    ['10.0.0.0/8', 'http://10.9.8.7:9090', true],
    ['10.0.0.0/8', 'http://11.9.8.7', false],
    ['10.0.0.0/8', 'http://ten.example', false],
    ['fd00::/8', 'http://[fd12::1]', true],
    ['10.1.2.3', 'http://10.1.2.3', true],
    ['10.1.2.3:9090', 'http://10.1.2.3:9090', true],
    ['0.2.3', 'http://10.0.2.3', false],
    ['[fd12::1]:90', 'http://[fd12::1]:90', true],
    ['nonsense/99', 'http://a.b', false],
    ['', 'http://a.b', false],
  ] as const) {
    it(`${isExcepted ? 'is not asked' : 'is asked'} for ${url} with NO_PROXY=${exceptions}`, () => {
      const env = { HTTP_PROXY: 'http://p:1', NO_PROXY: exceptions };
      expect(proxied(url, env) === undefined).to.equal(isExcepted);
    });
  }

  it('is a TypeError when it is no URL', () => {
    expect(() => proxied('http://a.b', { HTTP_PROXY: 'http://' })).to.throw(TypeError);
  });
});
