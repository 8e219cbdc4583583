/* What the unit page says of checkpoints: loaded with them. */

import { wordsOf } from '../i18n/own.ts';

export const { t } = wordsOf(
  {
    open: '巡逻必到点', none: '本辖区没有必到点', sign: '签到', really: '仍要签到', signed: '已签到', waits: '签到待上传：{n}（送达时才计入）',
    far: '距此 {m} 米，签到将记为无定位佐证', nowhere: '没有定位，签到将记为无定位佐证', unread: '无法读取必到点：{why}',
    'stand.free': '不限时', 'stand.waits': '{time} 前到', 'stand.soon': '快到时：{time} 前到', 'stand.overdue': '已逾期',
    next: '下一点 {stop}', began: '{time} 开始',
  },
  {
    open: 'Checkpoints', none: 'There are no checkpoints in this district', sign: 'Sign', really: 'Sign anyway', signed: 'Signed', waits: 'To be sent: {n} (counts when it arrives)',
    far: '{m} m away: it will be recorded as not confirmed by a position', nowhere: 'No position: it will be recorded as not confirmed',
    unread: 'The checkpoints cannot be read: {why}',
    'stand.free': 'at any time', 'stand.waits': 'by {time}', 'stand.soon': 'soon: by {time}', 'stand.overdue': 'overdue',
    next: 'next {stop}', began: 'begun {time}',
  },
);
