// Which sheet is open: one at a time, over whatever screen.

export type SheetName =
  | { name: 'tags' | 'assignee'; machine: string; project: string; spec: string }
  | { name: 'text'; machine: string; project: string; spec: string; file: string }
  | { name: 'create'; machine: string; project: string }
  | { name: 'conflict'; edit: string }
  | { name: 'queue'; machine: string };

class Sheets {
  open: SheetName | null = $state.raw(null);

  show(sheet: SheetName): void {
    this.open = sheet;
  }

  close(): void {
    this.open = null;
  }
}

export const sheets = new Sheets();
