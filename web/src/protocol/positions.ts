/* The binary frame of the keyed stream `units` (PROTOCOL.md §6.4). */

export const POSITION_HEADER_BYTES = 16;
export const POSITION_BYTES = 16;
export const POSITION_UNKNOWN = 255;

export interface PositionFrame {
  now_ms: number;
  count: number;
  index: Uint32Array;
  lon: Float64Array;
  lat: Float64Array;
  heading: Uint8Array; /* 2° steps; POSITION_UNKNOWN */
  speed: Uint8Array;
  status: Uint8Array; /* index into UNIT_STATUSES */
  age: Uint8Array; /* s */
}

/** Null if the frame is not what §6.4 says. */
export function decodePositions(bytes: ArrayBuffer): PositionFrame | null {
  if (bytes.byteLength < POSITION_HEADER_BYTES) return null;
  const view = new DataView(bytes);
  if (view.getUint8(0) !== 1 || view.getUint8(1) !== 1) return null;
  const count = view.getUint32(4, true);
  const now_ms = view.getFloat64(8, true);
  if (bytes.byteLength !== POSITION_HEADER_BYTES + count * POSITION_BYTES) return null;
  if (!Number.isFinite(now_ms)) return null;
  const frame: PositionFrame = {
    now_ms,
    count,
    index: new Uint32Array(count),
    lon: new Float64Array(count),
    lat: new Float64Array(count),
    heading: new Uint8Array(count),
    speed: new Uint8Array(count),
    status: new Uint8Array(count),
    age: new Uint8Array(count),
  };
  for (let i = 0, at = POSITION_HEADER_BYTES; i < count; i++, at += POSITION_BYTES) {
    const lon = view.getInt32(at + 4, true) / 1e7;
    const lat = view.getInt32(at + 8, true) / 1e7;
    const status = view.getUint8(at + 14);
    if (lat < -90 || lat > 90 || lon < -180 || lon > 180 || status > 5) return null;
    frame.index[i] = view.getUint32(at, true);
    frame.lon[i] = lon;
    frame.lat[i] = lat;
    frame.heading[i] = view.getUint8(at + 12);
    frame.speed[i] = view.getUint8(at + 13);
    frame.status[i] = status;
    frame.age[i] = view.getUint8(at + 15);
  }
  return frame;
}
