/* A network cable that a test can pull: a relay between a page and the engine. The browser's own offline
 * switch does not hold: it leaves WebSockets alone, and after a reload a request may slip through before
 * it is in force again. A relay that has hung up passes nothing, whoever asks. */

import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Cable {
  private readonly ends = new Set<Socket>();
  private server: Server | null = null;
  private port = 0;

  private constructor(private readonly engine: URL) {}

  static async lay(engineUrl: string): Promise<Cable> {
    const cable = new Cable(new URL(engineUrl));
    await cable.plug();
    return cable;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Listen, on the same port as before if there was one. */
  async plug(): Promise<void> {
    const server = createServer((near) => this.relay(near));
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', resolve);
    });
    this.port = (server.address() as AddressInfo).port;
    this.server = server;
  }

  /** Nothing passes any more, neither way: when this resolves, the last byte is through. */
  async pull(): Promise<void> {
    const server = this.server;
    this.server = null;
    const closed = new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    for (const end of this.ends) end.destroy();
    await closed;
  }

  private relay(near: Socket): void {
    const far = connect(Number(this.engine.port), this.engine.hostname);
    for (const [end, other] of [[near, far], [far, near]] as const) {
      this.ends.add(end);
      end.setNoDelay(true);
      end.on('error', () => end.destroy());
      end.on('close', () => {
        this.ends.delete(end);
        other.destroy();
      });
      end.pipe(other);
    }
  }
}
