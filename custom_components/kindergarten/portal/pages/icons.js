// The portal's own line drawings, 24 x 24.

const SVG = "http://www.w3.org/2000/svg";

/** @type {Record<string, string[]>} */
const PATHS = {
  sun: ["M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8", "M12 2v2M12 20v2M2 12h2M20 12h2M4.9 4.9l1.4 1.4M17.7 17.7l1.4 1.4M4.9 19.1l1.4-1.4M17.7 6.3l1.4-1.4"],
  moon: ["M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z"],
  clock: ["M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18", "M12 7v5l3.5 2"],
  pause: ["M8 5v14M16 5v14"],
  leaf: ["M5 19c0-9 5-14 14-14 0 9-4 14-12 14", "M5 21c1-5 4-8 8-10"],
  door: ["M6 21V4h12v17M3 21h18", "M14.5 12.5v.1"],
  child: ["M12 3.5a3 3 0 1 1 0 6 3 3 0 0 1 0-6", "M6 20c0-4 2.5-7 6-7s6 3 6 7"],
  people: ["M9 5a3 3 0 1 1 0 6 3 3 0 0 1 0-6", "M3 20c0-4 2.5-6.5 6-6.5s6 2.5 6 6.5", "M15.5 5.2a3 3 0 0 1 0 5.6M18 14.2c2 .9 3 3 3 5.8"],
  camera: ["M3 7h11v10H3zM14 10.5 21 7v10l-7-3.5"],
  cameraOff: ["M3 7h11v10H3zM14 10.5 21 7v10l-7-3.5", "M3 3l18 18"],
  cloudOff: ["M7 18a4 4 0 0 1-.5-8A5.5 5.5 0 0 1 17 9.5 4.3 4.3 0 0 1 17.5 18z", "M3 3l18 18"],
  key: ["M8 11a4 4 0 1 1 0 8 4 4 0 0 1 0-8", "M11 12l8-8M16 7l3 3"],
  link: ["M9.5 14.500l5-5M8 12l-2.5 2.500a3.5 3.5 0 0 0 5 5L13 17M16 12l2.5-2.500a3.5 3.5 0 0 0-5-5L11 7"],
  hand: ["M7 12V6.500a1.5 1.5 0 0 1 3 0V11 4.500a1.5 1.5 0 0 1 3 0V11 5.500a1.5 1.5 0 0 1 3 0V12 8.500a1.5 1.5 0 0 1 3 0V14c0 4-2.5 7-6.5 7-3 0-4.5-1.3-6-4L4 13.500c-.6-1.5 1.3-2.5 2.3-1.300z"],
  eye: ["M2 12c2.5-4.5 6-7 10-7s7.5 2.5 10 7c-2.5 4.5-6 7-10 7s-7.5-2.5-10-7z", "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6"],
  phone: ["M7 2.500h10v19H7z", "M11 18.500h2"],
  shield: ["M12 3l8 3v6c0 5-3.5 8-8 9.500C7.5 20 4 17 4 12V6z", "M8.5 12l2.5 2.5 4.5-5"],
  check: ["M4.5 12.500l5 5 10-11"],
  cross: ["M6 6l12 12M18 6L6 18"],
  play: ["M7 4.500v15l12.5-7.500z"],
  stop: ["M6 6h12v12H6z"],
  wide: ["M4 9V5h5M20 9V5h-5M4 15v4h5M20 15v4h-5"],
  narrow: ["M9 5v4H4M15 5v4h5M9 19v-4H4M15 19v-4h5"],
  still: ["M4 6h16v12H4z", "M4 15l4-4 4 4 3-3 5 5"],
  home: ["M3.5 11.5 12 4l8.5 7.500M6 9.500V20h12V9.5"],
  day: ["M4 6h16v14H4zM4 10.500h16M8.5 3v4M15.5 3v4"],
  me: ["M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8", "M4.5 20.500c.5-4 3.5-6.5 7.5-6.500s7 2.5 7.5 6.5"],
  film: ["M4 5h16v14H4zM8 5v14M16 5v14M4 9.500h4M4 14.500h4M16 9.500h4M16 14.500h4"],
  seal: ["M12 3l2.2 2 2.9-.4.7 2.9 2.5 1.6-1.2 2.7 1.2 2.7-2.5 1.6-.7 2.9-2.9-.4L12 21l-2.2-2.4-2.9.4-.7-2.900L3.7 14.500l1.2-2.700L3.7 9.100l2.5-1.6.7-2.9 2.9.4z", "M9 12l2 2 4-4"],
  copy: ["M8 8h12v12H8z", "M16 8V4H4v12h4"],
  back: ["M14.5 5l-7 7 7 7"],
  out: ["M10 4H4v16h6M9.5 12H20M16 8l4 4-4 4"],
  signal: ["M5 20v-4M10 20v-8M15 20V8M20 20V4"],
  form: ["M6 3h9l4 4v14H6z", "M9.5 12h6M9.5 16h6M9.5 8h2"],
};

/**
 * Draw an icon; it is decoration, the text beside it speaks.
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("focusable", "false");
  for (const line of PATHS[name] ?? []) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", line);
    svg.append(path);
  }
  return svg;
}
