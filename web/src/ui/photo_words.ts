/* What is said of photos beside an incident's events: loaded with what shows them. */

import { wordsOf } from '../i18n/own.ts';

export const { t } = wordsOf(
  {
    added: '{who} 上传了照片（{kb} KB）', added_late: '{who} 上传了照片（{kb} KB），拍摄于 {time}', alt: '{who} 拍摄的现场照片，{time}', open: '放大：{alt}',
    close: '关闭', failed: '图片无法显示：{why}',
  },
  {
    added: '{who} added a photo ({kb} KB)', added_late: '{who} added a photo ({kb} KB), taken at {time}', alt: 'Photo from the scene by {who}, {time}', open: 'Enlarge: {alt}',
    close: 'Close', failed: 'The picture cannot be shown: {why}',
  },
);
