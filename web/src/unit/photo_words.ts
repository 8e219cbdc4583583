/* What the unit page says of photos: loaded with them. */

import { wordsOf } from '../i18n/own.ts';

export const { t } = wordsOf(
  {
    take: '拍照', waits: '照片待上传：{n}', sent: '照片已上传：{n}', unread: '无法读取这张照片，请再拍一张',
    unkept: '手机空间不足：请保持本页打开，直到照片上传或保存完毕', refused: '照片未被接收，仍保存在手机里：{why}',
    name: '{time} 拍摄的照片', save: '保存', drop: '删除',
  },
  {
    take: 'Take a photo', waits: 'Photos to be sent: {n}', sent: 'Photos sent: {n}', unread: 'This photo cannot be read; take another one',
    unkept: 'No room on the phone: keep this page open until the photo is sent or saved', refused: 'Not accepted, and still on the phone: {why}',
    name: 'photo taken at {time}', save: 'Save', drop: 'Delete',
  },
);
