// The dark frame that a camera's still stands in, and how a still gets onto its canvas.

import { css } from "../lit.js";

export const frame = css`
  :host {
    display: grid;
    place-items: center;
    aspect-ratio: 16 / 9;
    overflow: hidden;
    background: #16181a;
    color: #d8dadc;
  }
  canvas,
  p {
    grid-area: 1 / 1;
  }
  canvas {
    width: 100%;
    height: 100%;
    object-fit: contain;
  }
  canvas.none {
    visibility: hidden;
  }
  p {
    margin: 0;
    padding: 12px;
    text-align: center;
  }
`;

/** Decode a JPEG; whoever asks closes the picture. @param {string} jpeg in Base64 */
export function decode(jpeg) {
  const bytes = Uint8Array.from(atob(jpeg), (each) => each.charCodeAt(0));
  return createImageBitmap(new Blob([bytes], { type: "image/jpeg" }));
}

/** @param {HTMLCanvasElement} canvas @param {ImageBitmap} picture */
export function draw(canvas, picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")?.drawImage(picture, 0, 0);
}
