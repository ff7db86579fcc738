import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

/** A mail as it arrived. */
export interface SeenMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly data: string;
  readonly user?: string;
  readonly isEncrypted: boolean;
}

export interface FakeSmtpOptions {
  /** Offers STARTTLS with these. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Wants AUTH PLAIN with these. */
  readonly login?: { readonly user: string; readonly pass: string };
}

/** A mail server on loopback; `answers` takes the place of what it would say to a command. */
export class FakeSmtpServer {
  readonly mails: SeenMail[] = [];
  answers: Readonly<Record<string, string>> = {};
  readonly #server: Server;
  readonly #options: FakeSmtpOptions;
  readonly #sockets = new Set<Socket>();

  private constructor(options: FakeSmtpOptions) {
    this.#options = options;
    this.#server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.write(`${this.answers['greeting'] ?? '220 fake ESMTP'}\r\n`);
      this.#talk(socket, false);
    });
  }

  static async start(options: FakeSmtpOptions = {}): Promise<FakeSmtpServer> {
    const fake = new FakeSmtpServer(options);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #talk(socket: Socket, isEncrypted: boolean): void {
    let mail = { from: '', to: [] as string[], user: undefined as string | undefined };
    let data: string[] | undefined;
    let rest = '';
    const say = (line: string) => socket.write(`${line}\r\n`);
    const onLine = (line: string): void => {
      if (data !== undefined) {
        if (line !== '.') return void data.push(line);
        const { user, ...envelope } = mail;
        this.mails.push({
          ...envelope,
          data: data.join('\n'),
          isEncrypted,
          ...(user === undefined ? {} : { user }),
        });
        data = undefined;
        say(this.answers['end'] ?? '250 queued');
        return;
      }
      const verb = line.slice(0, 4).toUpperCase();
      const scripted = this.answers[verb];
      if (scripted !== undefined) return void say(scripted);
      switch (verb) {
        case 'EHLO':
          if (this.#options.tls !== undefined && !isEncrypted) say('250-STARTTLS');
          if (this.#options.login !== undefined) say('250-AUTH PLAIN');
          return void say('250 fake');
        case 'STAR': {
          say('220 go ahead');
          socket.removeAllListeners('data');
          const { key, cert } = this.#options.tls!;
          const secured = new TLSSocket(socket, {
            isServer: true,
            secureContext: createSecureContext({ key, cert }),
          });
          secured.on('error', () => undefined);
          return this.#talk(secured, true);
        }
        case 'AUTH': {
          const [, user = '', pass = ''] = Buffer.from(line.split(' ')[2] ?? '', 'base64')
            .toString()
            .split('\0');
          const { login } = this.#options;
          mail.user = user;
          return void say(
            user === login?.user && pass === login.pass ? '235 ok' : '535 5.7.8 bad credentials',
          );
        }
        case 'MAIL':
          mail = { ...mail, from: /<(.*?)>/.exec(line)?.[1] ?? '' };
          return void say('250 ok');
        case 'RCPT':
          mail.to.push(/<(.*?)>/.exec(line)?.[1] ?? '');
          return void say('250 ok');
        case 'DATA':
          data = [];
          return void say('354 go on');
        case 'QUIT':
          say('221 bye');
          return void socket.end();
        default:
          return void say('250 ok');
      }
    };
    socket.on('data', (chunk: Buffer) => {
      const lines = (rest + chunk.toString()).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) onLine(line);
    });
  }
}
