// Which part of a plane is seen, and how close. Pure.

export interface Camera {
  /** Where the plane's origin stands in the window, in pixels. */
  x: number;
  y: number;
  /** Pixels of the window per pixel of the plane. */
  scale: number;
}

export interface Size {
  width: number;
  height: number;
}

export const SCALE_MIN = 0.08;
export const SCALE_MAX = 2.5;
/** Room left around all that is shown, in pixels. */
const MARGIN = 24;

/** Closer or further away, with what is under this point of the window staying there. */
export function zoomed(camera: Camera, by: number, x: number, y: number): Camera {
  const scale = Math.min(SCALE_MAX, Math.max(SCALE_MIN, camera.scale * by));
  const real = scale / camera.scale;
  return { scale, x: x - (x - camera.x) * real, y: y - (y - camera.y) * real };
}

/** All of the plane in the middle of the window, no closer than it is drawn. */
export function fitted(plane: Size, window: Size): Camera {
  const scale = Math.max(
    SCALE_MIN,
    Math.min(
      1,
      (window.width - 2 * MARGIN) / Math.max(1, plane.width),
      (window.height - 2 * MARGIN) / Math.max(1, plane.height),
    ),
  );
  return {
    scale,
    x: (window.width - plane.width * scale) / 2,
    y: (window.height - plane.height * scale) / 2,
  };
}

/** The beginning of a plane that is larger than the window; in the middle where it is not. */
export function fromStart(plane: Size, scale: number, window: Size): Camera {
  const place = (length: number, room: number) => Math.max(MARGIN, (room - length * scale) / 2);
  return { scale, x: place(plane.width, window.width), y: place(plane.height, window.height) };
}

/** This box as near to the middle of the window as can be without showing what is beside the plane. */
export function centred(box: Box, scale: number, window: Size, plane: Size): Camera {
  const place = (at: number, length: number, room: number, whole: number) => {
    const last = room - whole * scale;
    if (last >= 2 * MARGIN) return last / 2;
    return Math.min(MARGIN, Math.max(last - MARGIN, room / 2 - (at + length / 2) * scale));
  };
  return {
    scale,
    x: place(box.x, box.width, window.width, plane.width),
    y: place(box.y, box.height, window.height, plane.height),
  };
}

export interface Box extends Size {
  x: number;
  y: number;
}

/**
 * The tiles of the plane, squares of this side, that are seen or begin right before: what is as large as
 * one and starts in none of them is out of sight.
 */
export function tiles({ x, y, scale }: Camera, window: Size, side: number): Box {
  const first = (at: number) => Math.floor(-at / scale / side - 1) * side;
  const last = (at: number, room: number) => Math.ceil((room - at) / scale / side) * side;
  const [left, top] = [first(x), first(y)];
  return {
    x: left,
    y: top,
    width: last(x, window.width) - left,
    height: last(y, window.height) - top,
  };
}

/** The camera moved just so far that this box of the plane is seen. */
export function showing(camera: Camera, box: Box, window: Size): Camera {
  const move = (from: number, length: number, room: number): number => {
    if (from < MARGIN) return MARGIN - from;
    const over = from + length - (room - MARGIN);
    return over > 0 ? -over : 0;
  };
  const { x, y, scale } = camera;
  return {
    scale,
    x: x + move(x + box.x * scale, box.width * scale, window.width),
    y: y + move(y + box.y * scale, box.height * scale, window.height),
  };
}

/** The middle of two fingers, and how far they are apart. */
export function pinch(points: readonly { x: number; y: number }[]) {
  const [one, other] = points;
  if (!one || !other) return null;
  return {
    x: (one.x + other.x) / 2,
    y: (one.y + other.y) / 2,
    apart: Math.max(1, Math.hypot(one.x - other.x, one.y - other.y)),
  };
}
