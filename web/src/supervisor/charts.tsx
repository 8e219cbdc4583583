/* Charts: the trend (uPlot) and the distribution with its target line (SVG: every bar has a name). */

import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { language } from '../i18n/index.ts';
import { exact } from '../ui/format.ts';
import { theme } from '../ui/theme.ts';
import type { SummaryLine } from '../protocol/http.ts';
import { metShare, percent, usedBins } from './numbers.ts';
import { t } from './words.ts';

const CHART_PX = 230;

/** A colour of the page as the canvas needs it. */
function inkOf(element: HTMLElement, name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  element.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

/** P50 and P90 of the response by day, and the share that was met. */
export function Trend({ lines, tier }: { lines: readonly SummaryLine[]; tier: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const mine = lines.filter((line) => line.tier === tier && line.stage === 'clock_to_on_scene' && line.group !== null);
  const dark = theme.value;
  const tongue = language.value;
  useEffect(() => {
    const element = box.current;
    if (!element || mine.length === 0) return undefined;
    const ink = inkOf(element, '--muted');
    const grid = { stroke: inkOf(element, '--line'), width: 1 };
    const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
    const chart = new uPlot(
      {
        width: element.clientWidth || 480,
        height: CHART_PX,
        legend: { show: true, live: false },
        cursor: { show: false },
        scales: { x: { time: false, range: [-0.5, mine.length - 0.5] }, share: { range: [0, 100] } },
        axes: [
          { stroke: ink, grid, values: (_, ticks) => ticks.map((tick) => mine[tick]?.group?.slice(5) ?? '') },
          { stroke: ink, grid, label: t('sup.chart.seconds') },
          { stroke: ink, scale: 'share', side: 1, size: 58, grid: { show: false }, values: (_, ticks) => ticks.map((tick) => `${tick} %`) },
        ],
        series: [
          {},
          { label: 'P50', stroke: inkOf(element, '--good'), width: 2, points: { show: true, size: 5 } },
          { label: 'P90', stroke: inkOf(element, '--accent'), width: 2, dash: [8, 4], points: { show: true, size: 5 } },
          { label: t('sup.col.rate'), stroke: inkOf(element, '--late'), scale: 'share', width: 1.5, dash: [2, 3], points: { show: true, size: 4 } },
        ],
      },
      [
        mine.map((_, index) => index),
        mine.map((line) => seconds(line.p50_ms)),
        mine.map((line) => seconds(line.p90_ms)),
        mine.map((line) => {
          const share = metShare(line);
          return share === null ? null : share * 100;
        }),
      ],
      element,
    );
    const fit = new ResizeObserver(() => chart.setSize({ width: element.clientWidth, height: CHART_PX }));
    fit.observe(element);
    return () => {
      fit.disconnect();
      chart.destroy();
    };
  }, [lines, tier, dark, tongue]);
  if (mine.length === 0) return <p class="empty">{t('sup.empty')}</p>;
  const last = mine[mine.length - 1]!;
  const share = metShare(last);
  return (
    <div
      ref={box} class="chart trend" role="img"
      aria-label={`${t('sup.trend')}: ${last.group}, P50 ${exact(last.p50_ms)}, P90 ${exact(last.p90_ms)}, ${share === null ? '—' : percent(share)}`}
    />
  );
}

const WIDTH = 560;
const HEIGHT = 250;
const LEFT = 34;
const BOTTOM = 22;

/** How long it took, in bins, and where the target lies. */
export function Distribution({ line, bin_ms, target_ms }: { line: SummaryLine; bin_ms: number; target_ms: number | null }): JSX.Element {
  const bins = line.bins ?? [];
  const used = usedBins(bins, Math.min(bins.length, Math.ceil(((target_ms ?? 0) * 1.5) / bin_ms) + 1));
  const most = Math.max(1, ...bins.slice(0, used));
  const step = (WIDTH - LEFT) / Math.max(1, used);
  const x = (ms: number): number => LEFT + (ms / bin_ms) * step;
  const every = Math.max(1, Math.ceil(used / 10));
  return (
    <svg
      class="chart distribution" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img"
      aria-label={`${t('sup.distribution')}: n ${line.n}, P50 ${exact(line.p50_ms)}, P90 ${exact(line.p90_ms)}`}
    >
      <line class="axis" x1={LEFT} y1={HEIGHT - BOTTOM} x2={WIDTH} y2={HEIGHT - BOTTOM} />
      <text x={LEFT - 4} y={12} text-anchor="end">{most}</text>
      <text x={LEFT - 4} y={HEIGHT - BOTTOM} text-anchor="end">0</text>
      {bins.slice(0, used).map((count, index) => {
        const height = (count / most) * (HEIGHT - BOTTOM - 14);
        const late = target_ms !== null && index * bin_ms >= target_ms;
        return (
          <g key={index}>
            <rect class={late ? 'late' : 'good'} x={LEFT + index * step + 0.5} y={HEIGHT - BOTTOM - height} width={Math.max(1, step - 1)} height={height}>
              <title>{`${exact(index * bin_ms)}–${index === bins.length - 1 ? '∞' : exact((index + 1) * bin_ms)}: ${count}`}</title>
            </rect>
            {index % every === 0 && index + every <= used ? <text x={LEFT + index * step} y={HEIGHT - 7}>{exact(index * bin_ms)}</text> : null}
          </g>
        );
      })}
      {target_ms === null ? null : (
        <g class="target-line">
          <line x1={x(target_ms)} y1={4} x2={x(target_ms)} y2={HEIGHT - BOTTOM} />
          <text x={x(target_ms) + 4} y={13}>{t('sup.col.target')} {exact(target_ms)}</text>
        </g>
      )}
    </svg>
  );
}
