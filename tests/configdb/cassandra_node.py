"""Real Cassandra nodes and a reader of ours, for the tests beside this file."""
import os
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / 'deploy' / 'cassandra' / 'cassandra'
READER = os.environ.get('CQL_READER', ROOT / 'build' / 'dev' / 'cql_reader')


class Node:
    """A Cassandra on loopback; CQL on `port`, the three ports behind it are its own too."""

    def __init__(self, port, *options):
        self.port, self.options = port, options
        self.scratch = tempfile.TemporaryDirectory()
        self.directory = self.scratch.name + '/node'
        self.start()

    def run(self, *words):
        subprocess.run([sys.executable, SCRIPT, *words], check=True)

    def start(self):
        self.run('start', self.directory, '--port', str(self.port), *self.options)

    def kill(self):
        self.run('stop', self.directory, '--kill')

    def clear(self):
        self.run('clear', self.directory)
        self.scratch.cleanup()


class Reader:
    """cql_reader: what it says is taken line by line, so that a reading can be held where it is."""

    LIMIT = 90  # seconds that an answer may take

    def __init__(self, *arguments):
        # A small quarantine: tests look at the memory of it.
        environment = dict(os.environ, ASAN_OPTIONS='quarantine_size_mb=4:detect_stack_use_after_return=1')
        self.process = subprocess.Popen([READER, *map(str, arguments)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment)
        # Of one line only, so that this thread holds back the reader when nobody takes its lines.
        self.lines = queue.Queue(1)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(line.rstrip('\n'))
        self.lines.put(None)

    def tell(self, *words):
        self.process.stdin.write(' '.join(words) + '\n')
        self.process.stdin.flush()

    def line(self):
        return self.lines.get(timeout=self.LIMIT)

    def state(self):
        """(phase, server, {version, links, attempts, error})"""
        self.tell('state')
        phase, server, version, links, attempts, error = self.line().split(' ', 6)[1:]
        fields = dict(x.split('=', 1) for x in (version, links, attempts, error))
        return phase, server, fields

    def until(self, condition):
        """Asks for the state until it is so; each answer comes when the reader has done what was to be done before it."""
        while True:
            state = self.state()
            if condition(*state):
                return state
            # What changes the state is an event of the reader's, so its own timers decide how long this takes.
            self.process.stdin.flush()

    def rest(self, *before):
        """The lines up to the end of a reading, decoded; fails unless it ended well."""
        found = list(before)
        while True:
            line = self.line()
            if line == 'done':
                return [decode(line) for line in found]
            if line is None or line.startswith('failed'):
                raise AssertionError(line)
            found.append(line)

    def read(self, *words):
        self.tell(*words)
        return self.rest()

    def rows(self, *words):
        """{key: ({column: (value, written)}, cut)}; a row that comes twice fails."""
        return as_rows(self.read(*words))

    def peak_memory(self):
        """Megabytes."""
        with open(f'/proc/{self.process.pid}/status') as f:
            return next(int(line.split()[1]) for line in f if line.startswith('VmHWM')) // 1024

    def end(self):
        self.process.stdin.close()
        # What was not taken would hold it.
        while self.lines.get(timeout=self.LIMIT) is not None:
            pass
        status = self.process.wait(20)
        self.process.stdout.close()
        return status


def as_rows(decoded):
    rows = {}
    for key, columns, cut in decoded:
        if key in rows:
            raise AssertionError(f'row {key} came twice')
        rows[key] = (columns, cut)
    return rows


def text(digits):
    return bytes.fromhex(digits).decode('utf-8', 'surrogateescape')


def decode(line):
    what, *words = line.split(' ')
    if what == 'name':
        return text(words[0]), text(words[1])
    key, *columns = words
    cut = columns[:1] == ['cut']
    row = {}
    for column in columns[cut:]:
        name, value = column.split('=')
        value, written = value.split('@')
        row[text(name)] = (value if value.startswith('#') else text(value), int(written))
    if list(row) != sorted(row, key=lambda name: name.encode('utf-8', 'surrogateescape')):
        raise AssertionError(f'columns of {key} in another order than that of their names: {list(row)}')
    return text(key), row, cut
