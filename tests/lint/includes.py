#!/usr/bin/env python3
"""Who includes whom: a folder may include itself and the floors below it, never one above or beside.

Prints one line for each breach, exit status 1 when there is one. Also a breach: an include in quotes that is not a file
named from the repository's root, and a header that can be included twice.
"""
import re
import sys

from sources import FLOORS, ROOT, cpp_files

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"')


def breaches(root=ROOT):
    for path in cpp_files(root):
        folder = path.parts[0]
        allowed = (folder, *FLOORS[folder])
        text = (root / path).read_text()
        for number, line in enumerate(text.splitlines(), 1):
            found = INCLUDE.match(line)
            if not found:
                continue
            target = found[1]
            if not (root / target).is_file():
                yield f'{path}:{number}: "{target}" is no file named from the root of the repository'
            elif target.split('/')[0] not in allowed:
                yield f'{path}:{number}: {folder} must not include "{target}" (allowed: {", ".join(allowed)})'
        if path.suffix == '.hpp' and '#pragma once' not in text.splitlines():
            yield f'{path}:1: no #pragma once'


if __name__ == '__main__':
    found = list(breaches())
    print('\n'.join(found) or 'includes: every file keeps to its floor')
    sys.exit(bool(found))
