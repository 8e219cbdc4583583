/* All units in one draw call: a quad each, its shape from its status, an arrow's heading from its own.
 * Mercator coordinates are kept relative to an origin in the city and the origin is folded into the
 * matrix in double precision, or the points would tremble at high zoom. */

import type { CustomLayerInterface, CustomRenderMethodInput, Map as GlMap } from 'maplibre-gl';
import { POSITION_UNKNOWN } from '../../protocol/positions.ts';
import type { Fleet } from '../fleet.ts';
import { drawn } from './thin.ts';

const VERTEX = `#version 300 es
precision highp float;
uniform mat4 u_matrix;
uniform vec2 u_viewport;
uniform float u_scale;
uniform float u_far;
layout(location = 0) in vec2 a_corner;
layout(location = 1) in vec2 a_at;
layout(location = 2) in vec4 a_look; /* status, heading (turns), stale, marked */
out vec2 v_at;
flat out vec4 v_look;
void main() {
  float status = a_look.x;
  bool quiet = status < 1.5 || status > 4.5;
  float size = (a_look.w > 0.5 ? 13.0 : quiet ? mix(8.5, 4.0, u_far) : mix(10.5, 8.5, u_far)) * u_scale;
  if (status < 0.5) size *= 0.7;
  vec4 clip = u_matrix * vec4(a_at, 0.0, 1.0);
  v_at = a_corner * 1.25;
  v_look = a_look;
  clip.xy += a_corner * 1.25 * size * 2.0 / u_viewport * clip.w;
  gl_Position = clip;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec2 v_at;
flat in vec4 v_look;
uniform vec3 u_fill[6];
uniform vec3 u_edge;
out vec4 color;
float shape(vec2 p, int status, float turns) {
  if (status == 2) return (abs(p.x) + abs(p.y)) / 1.15 - 0.85;
  if (status == 3) {
    float a = -turns * 6.2831853;
    vec2 q = mat2(cos(a), -sin(a), sin(a), cos(a)) * p;
    q.y = -q.y;
    return max(abs(q.x) * 0.89 - q.y * 0.45, q.y) - 0.42 + 0.12 * step(0.0, q.y);
  }
  if (status == 4) return max(abs(p.x), abs(p.y)) - 0.72;
  return length(p) - 0.8;
}
void main() {
  int status = int(v_look.x + 0.5);
  float d = shape(v_at, status, v_look.y);
  float w = fwidth(d);
  float inside = 1.0 - smoothstep(-w, w, d);
  float body = 1.0 - smoothstep(-w, w, d + 0.16);
  if (status == 0 || status == 5) {
    float hole = 1.0 - smoothstep(-w, w, d + 0.38);
    inside *= 1.0 - hole;
    body = inside;
  }
  float ring = v_look.w > 0.5 ? 1.0 - smoothstep(0.06, 0.06 + w * 2.0, abs(length(v_at) - 1.12)) : 0.0;
  vec3 fill = mix(u_edge, u_fill[status], body);
  float alpha = inside * (v_look.z > 0.5 ? 0.45 : status == 0 ? 0.6 : 1.0);
  color = vec4(mix(fill, u_edge, ring), max(alpha, ring));
  color.rgb *= color.a;
}`;

/** By unit status, in the order of the protocol: off duty, available, dispatched, en route, on scene, out. */
const FILL = ['#8d949c', '#00966e', '#7cc8ff', '#1d3fb8', '#d46ac0', '#8d949c'];
const LOOK_FLOATS = 6;

function rgb(hex: string): [number, number, number] {
  const n = Number.parseInt(hex.slice(1), 16);
  return [((n >> 16) & 255) / 255, ((n >> 8) & 255) / 255, (n & 255) / 255];
}

export class UnitsLayer implements CustomLayerInterface {
  readonly id = 'units';
  readonly type = 'custom' as const;
  readonly renderingMode = '2d' as const;
  private map: GlMap | null = null;
  private program: WebGLProgram | null = null;
  private array: WebGLVertexArrayObject | null = null;
  private buffer: WebGLBuffer | null = null;
  private data = new Float32Array(0);
  private order = new Uint32Array(0);
  private count = 0;
  private dirty = true;
  private origin: [number, number] = [0, 0];

  constructor(
    private readonly fleet: Fleet,
    private edge: string,
  ) {}

  setEdge(edge: string): void {
    this.edge = edge;
  }

  get drawn(): number {
    return this.count;
  }

  onAdd(map: GlMap, gl: WebGL2RenderingContext): void {
    this.map = map;
    const program = gl.createProgram();
    for (const [type, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]] as const) {
      const shader = gl.createShader(type);
      if (!shader) throw new Error('no shader: the drawing context is lost');
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      if (!gl.getShaderParameter(shader, gl.COMPILE_STATUS) && !gl.isContextLost()) {
        throw new Error(gl.getShaderInfoLog(shader) ?? 'a shader does not compile');
      }
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    this.program = program;
    this.array = gl.createVertexArray();
    gl.bindVertexArray(this.array);
    const corners = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, corners);
    gl.bufferData(gl.ARRAY_BUFFER, new Float32Array([-1, -1, 1, -1, -1, 1, 1, 1]), gl.STATIC_DRAW);
    gl.enableVertexAttribArray(0);
    gl.vertexAttribPointer(0, 2, gl.FLOAT, false, 0, 0);
    this.buffer = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
    gl.enableVertexAttribArray(1);
    gl.vertexAttribPointer(1, 2, gl.FLOAT, false, LOOK_FLOATS * 4, 0);
    gl.vertexAttribDivisor(1, 1);
    gl.enableVertexAttribArray(2);
    gl.vertexAttribPointer(2, 4, gl.FLOAT, false, LOOK_FLOATS * 4, 8);
    gl.vertexAttribDivisor(2, 1);
    gl.bindVertexArray(null);
    this.dirty = true;
  }

  onRemove(_map: GlMap, gl: WebGL2RenderingContext): void {
    gl.deleteProgram(this.program);
    gl.deleteBuffer(this.buffer);
    gl.deleteVertexArray(this.array);
    this.program = null;
    this.map = null;
  }

  /** Read the fleet; drawn with the next frame. */
  update(zoom: number, now_ms: number, marked: number | null): void {
    const fleet = this.fleet;
    if (this.order.length < fleet.size) {
      this.order = new Uint32Array(fleet.size * 2);
      this.data = new Float32Array(fleet.size * 2 * LOOK_FLOATS);
    }
    this.count = drawn(fleet, zoom, now_ms, marked, this.order);
    if (this.count > 0 && this.origin[0] === 0) this.origin = [fleet.x[this.order[0]!]!, fleet.y[this.order[0]!]!];
    for (let i = 0; i < this.count; i++) {
      const index = this.order[i]!;
      const at = i * LOOK_FLOATS;
      this.data[at] = fleet.x[index]! - this.origin[0];
      this.data[at + 1] = fleet.y[index]! - this.origin[1];
      this.data[at + 2] = fleet.status[index]!;
      const heading = fleet.heading[index]!;
      this.data[at + 3] = heading === POSITION_UNKNOWN ? 0 : heading / 180;
      this.data[at + 4] = fleet.status[index] !== 0 && fleet.isStale(index, now_ms) ? 1 : 0;
      this.data[at + 5] = index === marked ? 1 : 0;
    }
    this.dirty = true;
  }

  render(gl: WebGL2RenderingContext, input: CustomRenderMethodInput): void {
    if (!this.program || !this.map || this.count === 0) return;
    const m = Array.from(input.defaultProjectionData.mainMatrix as ArrayLike<number>);
    const [x, y] = this.origin;
    for (let row = 0; row < 4; row++) m[12 + row] = m[row]! * x + m[4 + row]! * y + m[12 + row]!;
    gl.useProgram(this.program);
    gl.bindVertexArray(this.array);
    if (this.dirty) {
      gl.bindBuffer(gl.ARRAY_BUFFER, this.buffer);
      gl.bufferData(gl.ARRAY_BUFFER, this.data.subarray(0, this.count * LOOK_FLOATS), gl.DYNAMIC_DRAW);
      this.dirty = false;
    }
    const at = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(this.program!, name);
    const ratio = this.map.getPixelRatio();
    gl.uniformMatrix4fv(at('u_matrix'), false, new Float32Array(m));
    gl.uniform2f(at('u_viewport'), gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.uniform1f(at('u_scale'), ratio);
    gl.uniform1f(at('u_far'), Math.min(1, Math.max(0, 13.5 - this.map.getZoom())));
    gl.uniform3fv(at('u_fill'), FILL.flatMap(rgb));
    gl.uniform3fv(at('u_edge'), rgb(this.edge));
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
    gl.disable(gl.DEPTH_TEST);
    gl.disable(gl.CULL_FACE);
    gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, this.count);
    gl.bindVertexArray(null);
  }
}
