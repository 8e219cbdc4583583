/* Puts the make-believe engine behind Vite's development server: `npm run dev`. */

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plugin } from 'vite';
import { WebSocketServer, type WebSocket } from 'ws';
import { CENTER, DevEngine } from './engine.ts';
import { devRows, devSummary } from './record.ts';
import { devTile, devStreets } from './tiles.ts';

const USERS: Record<string, { name: string; display: string; role: string; scope: string; unit: string | null }> = {
  dispatcher: { name: 'dispatcher', display: '王敏', role: 'dispatcher', scope: 'city', unit: null },
  supervisor: { name: 'supervisor', display: '陈队', role: 'supervisor', scope: 'city', unit: null },
  admin: { name: 'admin', display: '管理员', role: 'administrator', scope: 'city', unit: null },
  P44: { name: 'P44', display: 'P44', role: 'unit', scope: 'city', unit: 'P44' },
};

export function fakeEngine(): Plugin {
  return {
    name: 'kuaifan-make-believe-engine',
    configureServer(server) {
      const engine = new DevEngine(Number(process.env['UNITS'] ?? 400));
      for (let i = 0; i < 16; i++) engine.arrive();
      setInterval(() => engine.tick(), 1000).unref();
      const sockets = new WebSocketServer({ noServer: true });
      server.httpServer?.on('upgrade', (request, socket, head) => {
        if (request.url?.startsWith('/v1/ws')) {
          sockets.handleUpgrade(request, socket, head, (ws) => serve(engine, ws));
        }
      });
      server.middlewares.use((request, response, next) => {
        if (!/^\/(v1|tiles|healthz)/.test(request.url ?? '')) return next();
        void answer(engine, request, response).catch((error: unknown) => {
          console.error(error);
          json(response, 500, { code: 'internal', title: 'Internal error', detail: String(error), status: 500 });
        });
      });
    },
  };
}

function serve(engine: DevEngine, ws: WebSocket): void {
  const say = (message: unknown): void => ws.send(JSON.stringify(message));
  let user = USERS['dispatcher']!;
  const streams = new Set<string>();
  const mine = (event: Record<string, unknown>): boolean => {
    const a = event['assignment'] as { unit?: string } | undefined;
    return event['unit'] === user.unit || a?.unit === user.unit;
  };
  const listen = (frame: { events: object[]; from: number; upto: number; epoch: string }): void => {
    if (streams.has('city')) {
      say({ ...frame, t: 'log', stream: 'city', events: frame.events.map((e) => ({ ...e, order: undefined })) });
    }
    if (streams.has('orders')) {
      say({ ...frame, t: 'log', stream: 'orders', events: frame.events.filter((e) => mine(e as Record<string, unknown>)) });
    }
  };
  engine.listeners.add(listen);
  const beat = setInterval(() => {
    say({ t: 'beat', now_ms: Date.now(), seq: engine.city.seq });
    if (streams.has('units')) ws.send(engine.positions());
  }, 1000);
  ws.on('close', () => {
    engine.listeners.delete(listen);
    clearInterval(beat);
  });
  say({ t: 'hello', v: 1, server: 'make-believe', epoch: engine.city.epoch, now_ms: Date.now(), max_bytes: 65536 });
  ws.on('message', (data) => {
    const body = JSON.parse(String(data)) as Record<string, unknown>;
    const id = body['id'];
    if (body['op'] === 'auth') {
      user = USERS[String(body['token']).replace('token-', '')] ?? user;
      say({ id, ok: true, res: { user, expires_ms: Date.now() + 36e5, heartbeat_ms: 1000 } });
    } else if (body['op'] === 'sub') {
      const stream = String(body['stream']);
      streams.add(stream);
      const since = body['since'] as { epoch: string; seq: number } | undefined;
      if (stream === 'units') {
        say({ id, ok: true, res: { recovered: false } });
        ws.send(engine.positions());
      } else if (since && since.epoch === engine.city.epoch) {
        say({ id, ok: true, res: { recovered: true } });
        for (const frame of engine.log) if (frame.from > since.seq) say({ ...frame, stream });
      } else {
        say({ id, ok: true, res: { recovered: false } });
        const c = engine.city;
        if (stream === 'orders') {
          const unit = c.units.get(user.unit ?? '');
          const a = unit?.assignment_id ? c.assignments.get(unit.assignment_id) : undefined;
          const i = a ? c.incidents.get(a.incident_id) : undefined;
          say({ t: 'snapshot', stream, epoch: c.epoch, seq: c.seq, part: 0, last: true, unit, orders: a && i ? [{ assignment: a, incident: { ...i, target_ms: 180_000 } }] : [] });
        } else {
          say({ t: 'snapshot', stream, epoch: c.epoch, seq: c.seq, part: 0, last: false, units: [...c.units.values()], circles: [...c.circles.values()] });
          say({ t: 'snapshot', stream, epoch: c.epoch, seq: c.seq, part: 1, last: true, incidents: [...c.incidents.values()], assignments: [...c.assignments.values()], alarms: [...c.alarms.values()], decisions: [...c.decisions.values()] });
        }
      }
    } else if (body['op'] !== 'position') {
      const result = engine.command(body, user.name, user.role === 'unit' ? 'unit' : 'dispatcher');
      say(result.res ? { id, ok: true, res: result.res } : { id, ok: false, error: { code: result.code, title: result.code, detail: '' } });
    }
  });
}

function json(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'application/json');
  response.end(JSON.stringify(body));
}

async function read(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return { text };
  }
}

async function answer(engine: DevEngine, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://dev');
  const path = url.pathname;
  const body = request.method === 'POST' ? await read(request) : {};
  const who = String(request.headers.authorization ?? '').replace('Bearer token-', '');
  if (path === '/v1/login') {
    const user = USERS[String(body['name'] ?? body['unit'])];
    if (!user) return json(response, 401, { code: 'login_failed', title: 'Login failed', detail: '', status: 401 });
    return json(response, 200, { token: `token-${user.name}`, expires_ms: Date.now() + 36e5, user });
  }
  if (path === '/v1/logout') {
    response.statusCode = 204;
    response.end();
    return;
  }
  if (path === '/v1/commands') {
    const result = engine.command(body, who, 'unit');
    return result.res
      ? json(response, 200, { res: result.res })
      : json(response, 409, { code: result.code, title: result.code, detail: '', status: 409 });
  }
  if (path === '/v1/map') {
    const [w, s, e, n] = [CENTER.lon - 0.06, CENTER.lat - 0.03, CENTER.lon + 0.06, CENTER.lat + 0.03];
    return json(response, 200, { map: { id: 'dev', name: 'Göteborg', attribution: '© OpenStreetMap contributors', bounds: [w, s, e, n], has_roads: true } });
  }
  if (path === '/v1/streets') return json(response, 200, { streets: devStreets(url.searchParams.get('q') ?? '') });
  if (path === '/v1/isochrone') {
    const at = { lat: Number(url.searchParams.get('lat')), lon: Number(url.searchParams.get('lon')) };
    const ring = (r: number): number[][][] =>
      Array.from({ length: 48 }, (_, i) => [0, 1].map((k) => {
        const a = ((i + k * 0.6) / 48) * 2 * Math.PI;
        const rr = r * (0.75 + 0.25 * Math.sin(3 * a));
        return [at.lon + (Math.cos(a) * rr) / 0.53, at.lat + Math.sin(a) * rr];
      }));
    return json(response, 200, {
      type: 'FeatureCollection',
      features: [1, 3, 5].map((minutes) => ({ type: 'Feature', properties: { minutes }, geometry: { type: 'MultiLineString', coordinates: ring(minutes * 0.0035) } })),
    });
  }
  if (path === '/v1/policy') {
    return json(response, 200, { policy: { name: 'mutual-aid', clock_start: 'received', preempt: 'propose', tiers: [] }, version: 1, mode: 'recommend' });
  }
  const detail = /^\/v1\/incidents\/(\d+)$/.exec(path);
  if (detail) {
    const id = Number(detail[1]);
    const incident = engine.city.incidents.get(id);
    if (!incident) return json(response, 404, { code: 'not_found', title: 'Not found', detail: '', status: 404 });
    return json(response, 200, {
      incident, assignments: [...engine.city.assignments.values()].filter((a) => a.incident_id === id), reports: [],
      timeline: engine.timelines.get(id) ?? [], seq: engine.city.seq,
    });
  }
  if (path === '/v1/response-times') {
    if (url.searchParams.get('format') === 'csv') {
      response.setHeader('Content-Type', 'text/csv');
      response.end('\ufeffincident_id\r\n');
      return;
    }
    const rows = devRows(2000);
    return json(response, 200, {
      definition: { percentile: 'nearest rank', time_zone: 'Europe/Stockholm', day_starts: '00:00', clock_start: 'received', policy: 'mutual-aid' },
      summary: devSummary(rows), rows, truncated: false,
    });
  }
  if (path === '/v1/users') return json(response, 200, { users: Object.values(USERS) });
  if (path === '/v1/system') return json(response, 200, { version: '0.1.0', epoch: 'dev-1', seq: engine.city.seq, queues: { commands: 0 }, disk: { free_bytes: 1e11 } });
  if (path === '/v1/devices') return json(response, 200, { devices: (body['units'] as string[]).map((unit) => ({ unit, secret: `secret-${unit}` })) });
  if (path === '/v1/roster') return json(response, 422, { code: 'bad_roster', title: 'Roster', detail: '', status: 422, errors: [{ line: 3, column: 'lat', detail: 'not a number' }] });
  const tile = /^\/tiles\/(\d+)\/(\d+)\/(\d+)$/.exec(path);
  if (tile) {
    const bytes = devTile(Number(tile[1]), Number(tile[2]), Number(tile[3]));
    response.statusCode = bytes ? 200 : 204;
    if (bytes) response.setHeader('Content-Type', 'application/vnd.mapbox-vector-tile');
    response.end(bytes ?? undefined);
    return;
  }
  json(response, 404, { code: 'not_found', title: 'Not found', detail: path, status: 404 });
}

