/** Whether a map can be drawn here. Asked before its megabyte is fetched. */
export function webglWorks(): boolean {
  const gl = document.createElement('canvas').getContext('webgl2');
  gl?.getExtension('WEBGL_lose_context')?.loseContext();
  return gl !== null;
}
