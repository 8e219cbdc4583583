import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import type { Key } from '../i18n/index.ts';
import { t } from './words.ts';
import { http, type Reply } from '../link/http.ts';
import type { Problem } from '../protocol/frames.ts';
import * as api from '../protocol/http.ts';
import { Field } from '../ui/bits.tsx';
import { csvRows, type CsvRow } from './csv.ts';
import { failed, Message, token, type Said } from './shared.tsx';

const KINDS = ['districts', 'areas', 'circles', 'units', 'centres', 'checkpoints', 'routes', 'plans'] as const;
type Kind = (typeof KINDS)[number];
const PREVIEW_ROWS = 9; /* the header and eight */

interface Chosen {
  name: string;
  text: string;
  isJson: boolean;
}

/** `only`: of one kind, as a part of that kind's page; `done`: something was imported. */
export function Roster({ only, done }: { only?: Kind; done?: () => void }): JSX.Element {
  const said = useSignal<Said | null>(null);
  const kind = useSignal<Kind>(only ?? 'districts');
  const errors = useSignal<NonNullable<Problem['errors']>>([]);
  const chosen = useSignal<Chosen | null>(null);
  const passed = useSignal(false);

  async function read(input: HTMLInputElement): Promise<void> {
    const file = input.files?.[0];
    said.value = null;
    errors.value = [];
    passed.value = false;
    if (!file) {
      chosen.value = null;
      return;
    }
    const text = await file.text();
    chosen.value = { name: file.name, text, isJson: /\.(geo)?json$/i.test(file.name) || text.trimStart().startsWith('{') };
  }

  async function send(dry: boolean): Promise<void> {
    const file = chosen.value;
    if (!file) return;
    const reply: Reply<api.Roster> = await http(`/v1/roster?kind=${kind.value}&dry_run=${dry ? 1 : 0}`, api.roster, {
      method: 'POST', token: token(), raw: { text: file.text, type: file.isJson ? 'application/geo+json' : 'text/csv' },
    });
    errors.value = reply.ok ? [] : (reply.problem.errors ?? []);
    passed.value = reply.ok && dry;
    if (reply.ok && !dry) done?.();
    if (reply.ok) said.value = { good: true, text: t(dry ? 'admin.roster.dry' : 'admin.roster.done', reply.value) };
    else if (errors.value.length > 0) said.value = { good: false, text: t('admin.roster.refused', { n: errors.value.length }) };
    else failed(reply.problem, reply.status, said);
  }

  const file = chosen.value;
  const lines = file?.text.split(/\r?\n/) ?? [];
  const rows = file && !file.isJson ? csvRows(file.text, PREVIEW_ROWS) : [];
  const wrong = new Set(errors.value.map((error) => error.line));
  return (
    <section class="stack" aria-label={t('admin.roster')}>
      <h2>{t('admin.roster')}</h2>
      <form
        class="box fields"
        onSubmit={(event) => {
          event.preventDefault();
          void send(false);
        }}
      >
        {only ? null : (
          <Field label={t('admin.roster.kind')}>
            <select value={kind.value} onChange={(event) => { kind.value = event.currentTarget.value as Kind; passed.value = false; }}>
              {KINDS.map((name) => <option key={name} value={name}>{t(`admin.roster.${name}` as Key)}</option>)}
            </select>
          </Field>
        )}
        <Field label={t('admin.roster.file')}>
          <input type="file" required accept=".csv,.json,.geojson,text/csv" onChange={(event) => void read(event.currentTarget)} />
        </Field>
        <span class="row">
          <button type="button" disabled={!file} onClick={() => void send(true)}>{t('admin.roster.check')}</button>
          <button type="submit" class={passed.value ? 'primary' : ''} disabled={!file}>{t('admin.roster.import')}</button>
        </span>
      </form>
      <Message said={said} />
      {errors.value.length > 0 ? (
        <div class="scroll" tabIndex={0} role="group" aria-label={t('admin.roster.error')}>
          <table class="roster-errors">
            <thead>
              <tr>
                <th scope="col" class="num">{t('admin.roster.line')}</th><th scope="col" class="num">{t('admin.roster.column')}</th>
                <th scope="col">{t('admin.roster.error')}</th><th scope="col">{t('admin.roster.text')}</th>
              </tr>
            </thead>
            <tbody>
              {errors.value.map((error, index) => (
                <tr key={index}>
                  <td class="num">{error.line ?? ''}</td><td class="num">{error.column ?? ''}</td><td>{error.detail}</td>
                  <td><code>{(lines[(error.line ?? 0) - 1] ?? '').slice(0, 160)}</code></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {rows.length > 0 ? <Preview rows={rows} lines={lines.length} wrong={wrong} /> : null}
    </section>
  );
}

function Preview({ rows, lines, wrong }: { rows: readonly CsvRow[]; lines: number; wrong: ReadonlySet<number | null | undefined> }): JSX.Element {
  const [head, ...rest] = rows;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={t('admin.roster.preview')}>
      <table>
        <caption>{t('admin.roster.preview')} · {t('admin.roster.lines', { n: lines })}</caption>
        <thead><tr><th scope="col" class="num">{t('admin.roster.line')}</th>{(head?.cells ?? []).map((cell, i) => <th key={i} scope="col">{cell}</th>)}</tr></thead>
        <tbody>
          {rest.map((row) => (
            <tr key={row.line} class={wrong.has(row.line) ? 'wrong' : ''}>
              <td class="num muted">{row.line}</td>
              {row.cells.map((cell, i) => <td key={i}>{cell}</td>)}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
