// Notices that a stream arrives in lumps: something on the way collects bytes and passes them on by
// the thousand. Pure: the times are arguments. As the bridge does it.
//
// A heartbeat says when it was sent. Two that were sent far apart and arrive together were held. After
// a sleep of this device one such lump is to be expected, so that it takes two.

/** Heartbeats that were sent this far apart, in milliseconds… */
const SENT_APART_MS = 10_000;
/** …and arrive within this are one lump. */
const ARRIVED_WITHIN_MS = 1000;
/** This many lumps are no accident. */
const LUMPS_MAX = 2;

/** Counts lumps on one stream. */
export class Lumps {
  private last: { sent: number; arrived: number } | null = null;
  /** The lump that is arriving is counted already. */
  private counted = false;
  private count = 0;

  /**
   * Takes in a heartbeat: when it was sent by the relay's clock and when it came by ours, both in
   * milliseconds. Returns whether the stream is held back.
   */
  heard(sent: number, arrived: number): boolean {
    const together =
      this.last !== null &&
      sent - this.last.sent >= SENT_APART_MS &&
      arrived - this.last.arrived <= ARRIVED_WITHIN_MS;
    if (together && !this.counted) this.count += 1;
    this.counted = together;
    this.last = { sent, arrived };
    return this.count >= LUMPS_MAX;
  }
}
