#!/usr/bin/env python3
"""clang-tidy over every .cpp of the project, one process a core; exit status 1 when it finds something.

tidy.py --build BUILD_DIR [--no-cache] [file.cpp ...]

BUILD_DIR has the compile_commands.json. A file that was clean is not looked at again until it, a header of ours that it
includes, the rules or its compiler options change; the stamps are in BUILD_DIR/tidy.
"""
import argparse
import concurrent.futures
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time

from sources import FLOORS, ROOT

TIDY = 'clang-tidy-14'
# The compiler options are gcc's, and so is what it says of them.
EXTRA = ['-Wno-shadow', '-Wno-unknown-warning-option', '-Wno-ignored-optimization-argument', '-Wno-unused-command-line-argument']


def commands(build):
    """{path relative to the root: compiler arguments} of our own sources."""
    found = {}
    for entry in json.loads((build / 'compile_commands.json').read_text()):
        path = pathlib.Path(entry['directory'], entry['file']).resolve()
        if path.is_relative_to(ROOT) and path.relative_to(ROOT).parts[0] in FLOORS:
            found[path.relative_to(ROOT)] = shlex.split(entry['command'])
    return found


def our_headers(path, seen):
    """The headers of ours that a file includes, directly or not. Includes in quotes are named from the root."""
    for line in (ROOT / path).read_text().splitlines():
        if line.startswith('#include "'):
            header = pathlib.Path(line.split('"')[1])
            if header not in seen and (ROOT / header).is_file():
                seen.add(header)
                our_headers(header, seen)
    return seen


def stamp(path, arguments, rules):
    digest = hashlib.sha256(rules)
    # Which launcher stands before the compiler and where the object goes do not matter.
    digest.update(repr([a for a in arguments if a.startswith(('-D', '-I', '-std', '-isystem', '-W', '-f'))]).encode())
    for name in [path, *sorted(our_headers(path, set()))]:
        digest.update(str(name).encode() + b'\0' + (ROOT / name).read_bytes())
    return digest.hexdigest()


def look_at(build, path):
    """(path, seconds, what clang-tidy says when it is not content)"""
    start = time.monotonic()
    command = [TIDY, '--quiet', '-p', str(build), *('--extra-arg=' + e for e in EXTRA), str(ROOT / path)]
    done = subprocess.run(command, capture_output=True, text=True)
    return path, time.monotonic() - start, done.stdout + done.stderr if done.returncode else ''


def main():
    parser = argparse.ArgumentParser(description=__doc__.split('\n')[0])
    parser.add_argument('--build', type=pathlib.Path, required=True)
    parser.add_argument('--no-cache', action='store_true')
    parser.add_argument('files', nargs='*', type=pathlib.Path)
    options = parser.parse_args()
    build = options.build.resolve()

    rules = (ROOT / '.clang-tidy').read_bytes() + subprocess.run([TIDY, '--version'], capture_output=True, check=True).stdout
    known = commands(build)
    chosen = [f.resolve().relative_to(ROOT) for f in options.files] or sorted(known)
    stamps = build / 'tidy'
    stamps.mkdir(exist_ok=True)
    wanted = {path: stamp(path, known[path], rules) for path in chosen}
    todo = [path for path in chosen if options.no_cache or not (stamps / wanted[path]).exists()]

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, seconds, report in pool.map(lambda p: look_at(build, p), todo):
            print(f'{"FAIL" if report else "ok  "} {path} {seconds:.1f} s\n{report}', end='', flush=True)
            if report:
                failed += 1
            else:
                (stamps / wanted[path]).touch()
    print(f'tidy: {len(chosen)} files, {len(todo)} looked at, {failed} not clean')
    return bool(failed)


if __name__ == '__main__':
    sys.exit(main())
