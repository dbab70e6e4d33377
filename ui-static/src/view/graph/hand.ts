// Hands on a picture: one finger or the mouse moves it, two fingers bring it closer, the wheel too.

import { type Camera, pinch, zoomed } from './camera';

/** A hand that moved less, in pixels, meant to tap. */
const DRAG_FROM_PX = 4;
/** How much closer one pixel of the wheel brings, and one of two fingers on a touchpad. */
const PER_WHEEL = 0.0015;
const PER_PINCH = 0.01;

interface Picture {
  element: Element;
  camera: Camera;
}

export class Hand {
  /** Pointers that are down, and where they are now. */
  private readonly down = new Map<number, { x: number; y: number }>();
  private dragged = false;

  constructor(
    private readonly picture: () => Picture | null,
    private readonly show: (camera: Camera) => void,
  ) {}

  press(event: PointerEvent): void {
    if (event.button !== 0) return;
    if (this.down.size === 0) this.dragged = false;
    this.down.set(event.pointerId, this.at(event));
  }

  move(event: PointerEvent): void {
    const before = this.down.get(event.pointerId);
    const picture = this.picture();
    if (!before || !picture) return;
    const now = this.at(event);
    const [x, y] = [now.x - before.x, now.y - before.y];
    if (!this.dragged && Math.hypot(x, y) < DRAG_FROM_PX) return;
    if (!this.dragged) picture.element.setPointerCapture(event.pointerId);
    this.dragged = true;
    const held = pinch([...this.down.values()]);
    this.down.set(event.pointerId, now);
    const there = pinch([...this.down.values()]);
    if (held && there) {
      const closer = zoomed(picture.camera, there.apart / held.apart, there.x, there.y);
      this.show({ ...closer, x: closer.x + there.x - held.x, y: closer.y + there.y - held.y });
    } else this.show({ ...picture.camera, x: picture.camera.x + x, y: picture.camera.y + y });
  }

  release(event: PointerEvent): void {
    this.down.delete(event.pointerId);
  }

  /** The end of a drag is no tap. */
  click(event: Event): void {
    if (this.dragged) event.preventDefault();
    this.dragged = false;
  }

  wheel(event: WheelEvent): void {
    event.preventDefault();
    const picture = this.picture();
    if (!picture) return;
    const { x, y } = this.at(event);
    const by = Math.exp(-event.deltaY * (event.ctrlKey ? PER_PINCH : PER_WHEEL));
    this.show(zoomed(picture.camera, by, x, y));
  }

  /** Where an event is in the picture's own window. */
  private at(event: MouseEvent): { x: number; y: number } {
    const { left = 0, top = 0 } = this.picture()?.element.getBoundingClientRect() ?? {};
    return { x: event.clientX - left, y: event.clientY - top };
  }
}
