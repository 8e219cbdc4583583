export { AlarmPanel } from './alarm_panel.tsx';
export { Closures } from './closures.tsx';
export { CoveragePanel } from './coverage_panel.tsx';
export { Detail } from './detail.tsx';
export { Handover } from './handover.tsx';
export { Help } from './help.tsx';
export { NearList } from './near_list.tsx';
export { ReportForm } from './report.tsx';
