/* HTTP with the token in the header, answers checked, errors as problems (RFC 9457). */

import type { Check } from '../protocol/check.ts';
import { decode, problem, type Problem } from '../protocol/frames.ts';

export type Reply<T> =
  | { ok: true; value: T; status: number }
  | { ok: false; status: number; problem: Problem; retryAfterS: number | null };

export interface HttpOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  token?: string | null;
  body?: unknown;
  /** A body that is not JSON, with its type. */
  raw?: { text: string | Uint8Array<ArrayBuffer>; type: string };
  signal?: AbortSignal;
}

export async function http<T>(path: string, check: Check<T>, options: HttpOptions = {}): Promise<Reply<T>> {
  const response = await send(path, options);
  if (!(response instanceof Response)) return response;
  if (response.status === 204) return finish(check, {}, 204);
  const value: unknown = await response.json().catch(() => undefined);
  if (!response.ok) return refusal(response, value);
  return finish(check, value, response.status);
}

export async function httpBlob(path: string, options: HttpOptions = {}): Promise<Reply<Blob>> {
  const response = await send(path, options);
  if (!(response instanceof Response)) return response;
  if (!response.ok) return refusal(response, await response.json().catch(() => undefined));
  return { ok: true, value: await response.blob(), status: response.status };
}

async function send(path: string, options: HttpOptions): Promise<Response | (Reply<never> & { ok: false })> {
  const headers: Record<string, string> = {};
  if (options.token) headers['Authorization'] = `Bearer ${options.token}`;
  const init: RequestInit = { method: options.method ?? 'GET', headers, cache: 'no-store' };
  if (options.raw) {
    headers['Content-Type'] = options.raw.type;
    init.body = options.raw.text;
  } else if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  if (options.signal) init.signal = options.signal;
  try {
    return await fetch(path, init);
  } catch (error) {
    return { ok: false, status: 0, retryAfterS: null, problem: own('unreachable', String(error)) };
  }
}

function finish<T>(check: Check<T>, value: unknown, status: number): Reply<T> {
  const decoded = decode(check, value);
  if (decoded.ok) return { ok: true, value: decoded.value, status };
  return { ok: false, status, retryAfterS: null, problem: own('bad_answer', `${decoded.pointer}: want ${decoded.want}`) };
}

function refusal(response: Response, value: unknown): Reply<never> & { ok: false } {
  const decoded = decode(problem, value);
  const after = Number(response.headers.get('Retry-After'));
  return {
    ok: false,
    status: response.status,
    retryAfterS: Number.isFinite(after) && after > 0 ? after : null,
    problem: decoded.ok ? decoded.value : own('bad_answer', `HTTP ${response.status}`),
  };
}

/** Problems that the page finds itself: the engine was not reached, or said what it must not. */
function own(code: 'unreachable' | 'bad_answer', detail: string): Problem {
  return {
    code, title: null, detail, pointer: null, retry: code === 'unreachable', generation: null, by: null, by_ms: null, errors: null,
  };
}
