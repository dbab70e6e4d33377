// What is wrong with the main file of a spec, by the code that its machine gave it.

import { catalog } from './speech.svelte';

export const specProblemWords = catalog(
  {
    no_readme: 'The folder holds no README.md, so LeanSpec does not list it.',
    empty: 'The file is empty.',
    no_frontmatter:
      'The file does not begin with “---”, so it has no status: add a block with status and created.',
    unclosed_frontmatter: 'The block that begins here is never closed: add a line “---” below it.',
    malformed_yaml: 'The block at the top of the file cannot be read as YAML.',
    duplicate_key: 'A key stands in the block at the top of the file twice.',
    invalid_utf8: 'Bytes that are no UTF-8 are shown as \ufffd: save the file as UTF-8.',
    byte_order_mark:
      'The file begins with a byte-order mark, behind which LeanSpec sees no block: save it without.',
    missing_field: 'A field is missing in the block at the top of the file.',
    invalid_field: 'LeanSpec cannot read a field of the block at the top of the file.',
  },
  {
    no_readme: '文件夹中没有 README.md（须完全这样拼写），所以 LeanSpec 不会列出它。',
    empty: '文件是空的。',
    no_frontmatter: '文件不以“---”开头，因此没有状态：请加上含有 status 和 created 的元数据块。',
    unclosed_frontmatter: '从这里开始的元数据块没有结束：请在其下方加一行“---”。',
    malformed_yaml: '文件开头的元数据块不是可读的 YAML。',
    duplicate_key: '文件开头的元数据块中，有一个键出现了两次。',
    invalid_utf8: '不属于 UTF-8 的字节显示为 \ufffd：请以 UTF-8 保存文件。',
    byte_order_mark:
      '文件以字节顺序标记（BOM）开头，LeanSpec 因此看不到元数据块：请保存为不带 BOM 的格式。',
    missing_field: '文件开头的元数据块缺少一个必需的字段。',
    invalid_field: '文件开头的元数据块中，有一个字段 LeanSpec 无法读取。',
  },
);
