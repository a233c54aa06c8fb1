#!/usr/bin/env python3
"""Rules for all text of the project, each a line number and a reason; exit status 1 when one is broken.

A file longer than MOST_LINES needs its reason in long_files.txt beside this file.
"""
import pathlib
import re
import sys

from sources import FLOORS, ROOT, text_files

MOST_LINES = 800
LONG_FILES = pathlib.Path('tests/lint/long_files.txt')
# Not ours to lay out: a licence is quoted, and a checker has to name what it looks for.
EXEMPT = (pathlib.Path('LICENSE'), pathlib.Path('tests/lint/text.py'), pathlib.Path('tests/lint/lint_test.py'))

RULES = (
    (re.compile(r'[ \t]+$'), 'white space at the end of the line', None),
    (re.compile(r'\t'), 'a tab', None),
    (re.compile(r'^(<<<<<<<|>>>>>>>|=======$)'), 'a merge left unfinished', None),
    (re.compile(r'\b(TODO|FIXME|XXX|HACK)\b'), 'work left for later belongs in an issue', None),
    (re.compile(r'(?<![\w.])/(home|root|work|farm|Users)/'), "a path of somebody's machine", None),
    (re.compile(r'\b(sleep_for|sleep_until|usleep|nanosleep)\b'), 'a thread that sleeps; wait for the event', ('.cpp', '.hpp')),
    (re.compile(r'using namespace std\s*;'), 'a whole namespace taken in', ('.cpp', '.hpp')),
)
# Where a line of code may not exceed what clang-format keeps to; comments are laid out by hand.
MOST_COLUMNS = 160


def reasons(root):
    """{path: reason} of the files that may be long."""
    listed = {}
    if (root / LONG_FILES).is_file():
        for line in (root / LONG_FILES).read_text().splitlines():
            path, _, reason = line.partition(':')
            if reason.strip() and not line.startswith('#'):
                listed[pathlib.PurePath(path.strip())] = reason.strip()
    return listed


def breaches(root=ROOT):
    long_files = reasons(root)
    for path in text_files(root):
        if path in EXEMPT:
            continue
        data = (root / path).read_bytes()
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            yield f'{path}:1: not UTF-8: {error}'
            continue
        lines = text.split('\n')
        if data and lines[-1]:
            yield f'{path}:{len(lines)}: the last line does not end'
        if '\r' in text:
            yield f'{path}:1: line ends of another system'
        code = path.parts[0] in FLOORS and path.suffix in ('.cpp', '.hpp')
        if code and len(lines) - 1 > MOST_LINES and path not in long_files:
            yield f'{path}:{MOST_LINES + 1}: {len(lines) - 1} lines; split it, or give the reason in {LONG_FILES}'
        for number, line in enumerate(lines, 1):
            for pattern, reason, suffixes in RULES:
                if (suffixes is None or path.suffix in suffixes) and pattern.search(line):
                    yield f'{path}:{number}: {reason}'
            if code and len(line) > MOST_COLUMNS and 'R"' not in line:
                yield f'{path}:{number}: {len(line)} columns'


if __name__ == '__main__':
    found = list(breaches())
    print('\n'.join(found) or 'text: all rules kept')
    sys.exit(bool(found))
