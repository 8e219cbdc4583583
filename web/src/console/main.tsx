import { LoginGate } from '../ui/login.tsx';
import { mount } from '../ui/mount.tsx';
import { restoreSession } from '../ui/session.ts';
import { ConsolePage } from './page.tsx';
import './console.css';

restoreSession('tab');
mount(
  'page.console',
  <LoginGate title="page.console" keep="tab" roles={['dispatcher', 'supervisor']}>
    <ConsolePage />
  </LoginGate>,
);
