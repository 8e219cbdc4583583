/* CSV as RFC 4180 has it (pure): what is sent, and what is shown of a file before it is sent. */

export function csvOf(rows: readonly (readonly string[])[]): string {
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

export interface CsvRow {
  /** Where the row begins, from 1. */
  line: number;
  cells: string[];
}

/** The first rows, quoted cells undone; an unfinished quote ends the text. */
export function csvRows(text: string, rows_max: number): CsvRow[] {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let line = 1;
  let began = 1;
  const end = (): void => {
    cells.push(cell);
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: began, cells });
    cells = [];
    cell = '';
  };
  const plain = text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
  for (let i = 0; i < plain.length && rows.length < rows_max; i++) {
    const character = plain[i]!;
    if (character === '\n') line += 1;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (plain[i + 1] === '"') {
        cell += '"';
        i += 1;
      } else quoted = false;
    } else if (character === '"' && cell === '') quoted = true;
    else if (character === ',') {
      cells.push(cell);
      cell = '';
    } else if (character === '\n') {
      end();
      began = line;
    } else cell += character;
  }
  if (rows.length < rows_max && (cell !== '' || cells.length > 0)) end();
  return rows;
}
