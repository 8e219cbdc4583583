/* What is said of centres: loaded with what shows it. */

import { wordsOf } from '../i18n/own.ts';

export const { t, word } = wordsOf(
  {
    title: '外部中心', sent: '已转 {centre}', divert: '转交综治', ask: '请求邻区增援', centre: '中心', text: '说明 / 增援力量 / 办理结果',
    by: '{time} 前', withdraw: '撤回', none: '名册中没有外部中心', failed: '无法取得外部中心名册', done: '{centre}：{state}', referred: '{centre} 已收到请求',
    'state.sent': '待签收', 'state.received': '已签收', 'state.lent': '已派出增援', 'state.arrived': '增援到场', 'state.feedback': '已反馈',
    'state.returned': '已退回', 'state.refused': '不予增援', 'state.given_back': '增援归还', 'state.withdrawn': '已撤回',
    'kind.community': '综治中心', 'kind.neighbour': '邻区指挥中心',
  },
  {
    title: 'Centres', sent: 'Referred to {centre}', divert: 'Divert', ask: 'Ask for units', centre: 'Centre', text: 'Words / units lent / what became of it',
    by: 'by {time}', withdraw: 'Withdraw', none: 'The roster has no centres', failed: 'The centres cannot be fetched', done: '{centre}: {state}', referred: '{centre} was asked',
    'state.sent': 'sent', 'state.received': 'received', 'state.lent': 'units lent', 'state.arrived': 'units arrived', 'state.feedback': 'feedback',
    'state.returned': 'returned', 'state.refused': 'refused', 'state.given_back': 'units given back', 'state.withdrawn': 'withdrawn',
    'kind.community': 'community', 'kind.neighbour': 'neighbour',
  },
);
