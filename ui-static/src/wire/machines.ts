// The calls that change what a relay holds of a machine. In a file of its own, since only the page of
// a machine needs them. What stands on the machine's disk is never touched by any of them.

import { projectPath, type RelayApi } from './api';
import { decodeMachine } from './decode';
import { malformed } from './failure';
import type { Machine } from './types';

export class MachineApi {
  constructor(private readonly api: RelayApi) {}

  /** Gives it another name, for everybody. The name stays when its bridge says who it is. */
  async rename(machine: string, name: string): Promise<Machine> {
    const [value] = await this.api.json(machinePath(machine), {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name }),
    });
    const renamed = decodeMachine(value);
    if (!renamed) throw malformed(this.api.origin);
    return renamed;
  }

  /** Forgets it with all that it pushed. */
  async forget(machine: string): Promise<void> {
    await this.api.request(machinePath(machine), { method: 'DELETE' });
  }

  /** Forgets one of its projects with all that it pushed. */
  async forgetProject(machine: string, project: string): Promise<void> {
    await this.api.request(projectPath(machine, project), { method: 'DELETE' });
  }
}

const machinePath = (machine: string) => `/v1/machines/${encodeURIComponent(machine)}`;
