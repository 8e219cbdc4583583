import { LoginGate } from '../ui/login.tsx';
import { mount } from '../ui/mount.tsx';
import { restoreSession } from '../ui/session.ts';
import { UnitPage } from './page.tsx';
import { registerWorker } from './update.ts';
import './unit.css';

restoreSession('device');
mount(
  'page.unit',
  <LoginGate title="page.unit" keep="device" roles={['unit']} device>
    <UnitPage />
  </LoginGate>,
);
void registerWorker();
