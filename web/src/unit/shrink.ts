/* A camera's photo made small enough for a bad network: its longest side, and nothing but its pixels,
 * so what the camera wrote beside them (place, owner, serial number) stays on the phone. */

export const SIDE_MAX = 1_600;
const QUALITY = 0.8;

/** Not larger than it is, the shape kept, no side below a pixel. */
export function fit(width: number, height: number, most: number = SIDE_MAX): { width: number; height: number } {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/** The way up that the camera says is drawn into the pixels. Null: the browser cannot read it. */
export async function shrink(photo: Blob): Promise<Uint8Array<ArrayBuffer> | null> {
  const image = await createImageBitmap(photo, { imageOrientation: 'from-image' }).catch(() => null);
  if (!image) return null;
  const canvas = document.createElement('canvas');
  Object.assign(canvas, fit(image.width, image.height));
  const pen = canvas.getContext('2d');
  if (pen) {
    pen.fillStyle = '#fff'; /* behind what is transparent: JPEG knows no such thing */
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  }
  image.close();
  const made = pen ? await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', QUALITY)) : null;
  return made ? new Uint8Array(await made.arrayBuffer()) : null;
}
