"""A real Cassandra and a real RabbitMQ on loopback, by the scripts of deploy/, for end-to-end tests."""
import os
import random
import shutil
import socket
import subprocess
import tempfile
import threading

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


handed_out = set()


def free_ports(count, distance):
    """A port such that it and those up to `count` behind it, at this distance, are free now."""
    # Below those that the system hands out itself; others may search at the same time.
    start = random.randrange(17000, 22000, 10)
    for first in range(start, start + 500, 10):
        if first in handed_out:
            continue
        try:
            for port in range(first, first + count * distance, distance):
                with socket.socket() as s:
                    s.bind(('127.0.0.1', port))
            handed_out.add(first)
            return first
        except OSError:
            continue
    raise AssertionError('no free ports')


class Server:
    def __init__(self, script, port, *options):
        self.script, self.port, self.options = os.path.join(ROOT, 'deploy', script), port, options
        self.directory = tempfile.mkdtemp(prefix='signalbox-' + os.path.basename(script) + '-')

    def start(self):
        subprocess.run([self.script, 'start', self.directory, '--port', str(self.port), *self.options], check=True)

    def stop(self, kill=False):
        subprocess.run([self.script, 'stop', self.directory] + ['--kill'] * kill, check=True)

    def remove(self):
        self.stop(kill=True)
        shutil.rmtree(self.directory, ignore_errors=True)


def cassandra(*options):
    return Server('cassandra/cassandra', free_ports(4, 1), *options)


def rabbitmq(*options):
    return Server('rabbitmq/server', free_ports(2, 10000), *options)


def side_by_side(*calls):
    """Runs all at once and waits for all; the first failure is raised."""
    failures = []

    def run(call):
        try:
            call()
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
