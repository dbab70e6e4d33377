// What git says of a project, in words. Pure.

import type { Project } from '../wire/types';
import { gitWords } from '../words/git';

/** How the disk and the branch upstream differ: "2 ahead", "1 behind", "3 uncommitted". */
export function gitApart(project: Project): string[] {
  const git = project.git;
  const words = gitWords();
  const dirty = git?.dirty?.length ?? 0;
  return [
    git?.ahead ? words.ahead(git.ahead) : '',
    git?.behind ? words.behind(git.behind) : '',
    dirty > 0 ? words.uncommitted(dirty) : '',
  ].filter(Boolean);
}
