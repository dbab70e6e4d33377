// What git says of a project, in words. Pure.

import type { Project } from '../wire/types';

/** How the disk and the branch upstream differ: "2 ahead", "1 behind", "3 uncommitted". */
export function gitApart(project: Project): string[] {
  const git = project.git;
  const dirty = git?.dirty?.length ?? 0;
  return [
    git?.ahead ? `${git.ahead} ahead` : '',
    git?.behind ? `${git.behind} behind` : '',
    dirty > 0 ? `${dirty} uncommitted` : '',
  ].filter(Boolean);
}
