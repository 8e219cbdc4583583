import { LoginGate } from '../ui/login.tsx';
import { mount } from '../ui/mount.tsx';
import { restoreSession } from '../ui/session.ts';
import { SupervisorPage } from './page.tsx';
import './supervisor.css';

restoreSession('tab');
mount(
  'page.supervisor',
  <LoginGate title="page.supervisor" keep="tab" roles={['supervisor']}>
    <SupervisorPage />
  </LoginGate>,
);
