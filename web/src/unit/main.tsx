import { mount } from '../ui/mount.tsx';
import { restoreSession } from '../ui/session.ts';
import { UnitGate } from './gate.tsx';
import { UnitPage } from './page.tsx';
import { registerWorker } from './update.ts';
import './unit.css';

restoreSession('device');
mount(
  'page.unit',
  <UnitGate>
    <UnitPage />
  </UnitGate>,
);
void registerWorker();
