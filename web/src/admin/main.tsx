import { LoginGate } from '../ui/login.tsx';
import { mount } from '../ui/mount.tsx';
import { restoreSession } from '../ui/session.ts';
import { AdminPage } from './page.tsx';
import './admin.css';

restoreSession('tab');
mount(
  'page.admin',
  <LoginGate title="page.admin" keep="tab" roles={['administrator']}>
    <AdminPage />
  </LoginGate>,
);
