/* Makes the town: people, a small roster that says it is synthetic, devices. */

import { randomBytes } from 'node:crypto';
import { call, endEngine, startEngine, tokenOf, type Login, type Town } from './engine.ts';

/** A town of one's own, and how to leave it. */
export async function raiseTown(): Promise<{ town: Town; leave: () => Promise<void> }> {
  const given = process.env['KUAIFAN_URL'];
  const admin: Login = { name: 'admin', password: randomBytes(12).toString('hex') };
  let own: Town['own'] = null;
  let url: string;
  if (given) {
    const [name, password] = (process.env['KUAIFAN_ADMIN'] ?? '').split(':');
    if (!name || !password) throw new Error('KUAIFAN_ADMIN=name:password is needed beside KUAIFAN_URL');
    Object.assign(admin, { name, password });
    url = given.replace(/\/$/, '');
  } else if (process.env['KUAIFAN_BIN']) {
    const started = await startEngine();
    own = started.own;
    url = started.url;
    await call(url, '/v1/setup', { body: { setup_token: started.setupToken, name: admin.name, display: '管理员', password: admin.password } });
  } else {
    throw new Error('set KUAIFAN_BIN to the engine, or KUAIFAN_URL and KUAIFAN_ADMIN to a running one');
  }

  try {
    const town = await settle(url, admin, own);
    return {
      town,
      leave: async () => {
        if (town.own) await endEngine(town.own);
      },
    };
  } catch (error) {
    if (own) await endEngine(own); /* nobody else will */
    throw error;
  }
}

/** People, roster and devices. */
async function settle(url: string, admin: Login, own: Town['own']): Promise<Town> {
  const token = await tokenOf(url, admin);
  const suffix = randomBytes(3).toString('hex');
  const person = async (role: string, display: string, tag: string): Promise<Login> => {
    const login = { name: `${tag}-${suffix}`, password: randomBytes(12).toString('hex') };
    await call(url, '/v1/users', { token, body: { ...login, display, role, scope: 'city', unit: null } });
    return login;
  };
  /* An engine without a map has no bounds; the town is then anywhere. */
  const { map } = await call<{ map: { bounds: number[]; attribution: string } }>(url, '/v1/map', { token })
    .catch(() => ({ map: { bounds: [113.38, 22.5, 113.4, 22.52], attribution: '' } }));
  const [w, s, e, n] = map.bounds as [number, number, number, number];
  const middle = { name: null, lat: (s + n) / 2, lon: (w + e) / 2 };
  const { streets } = await call<{ streets: { name: string; lat: number; lon: number }[] }>(url, '/v1/streets?q=a&limit=20', { token })
    .catch(() => ({ streets: [] }));
  const away = (at: { lat: number; lon: number }): number => Math.hypot(at.lat - middle.lat, at.lon - middle.lon);
  const center = streets.sort((a, b) => away(a) - away(b))[0] ?? middle;
  const near = (north: number, east: number): string => `${(center.lat + north).toFixed(6)},${(center.lon + east).toFixed(6)}`;
  await call(url, '/v1/roster?kind=circles', { token, csv: `code,name,lat,lon,radius_m\nTC1,测试圈 Test circle,${near(0, 0)},400\n` });
  const units = [
    ...[1, 2, 3, 4, 5, 6].map((i) => `TP${i},测试岗点 ${i},post,${near(0.00003 * i, 0.00003)},TC1,,2,first_aid,1`),
    ...[1, 2].map((i) => `TC0${i},测试车 ${i},car,${near(-0.002 * i, 0.001)},TC1,,2,armed,1`),
  ];
  await call(url, '/v1/roster?kind=units', {
    token, csv: `code,name,kind,lat,lon,circle,district,people,capabilities,synthetic\n${units.join('\n')}\n`,
  });
  const { devices } = await call<{ devices: { unit: string; secret: string }[] }>(url, '/v1/devices', {
    token, body: { units: ['TP1', 'TP2', 'TP3', 'TC01'] },
  });
  return {
    url, own, center: { lat: center.lat, lon: center.lon }, street: center.name, attribution: map.attribution,
    people: {
      admin, dispatcher: await person('dispatcher', '王敏', 'wang'), second: await person('dispatcher', '李强', 'li'),
      supervisor: await person('supervisor', '陈队', 'chen'),
    },
    secrets: Object.fromEntries(devices.map((device) => [device.unit, device.secret])),
  };
}
