"""Starts the real daemon on a configuration of its own, for end-to-end tests."""
import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get('SIGNALBOX', os.path.join(ROOT, 'build', 'release', 'signalbox'))
MASTER = 'default-domain:default-project:ip-fabric:__default__'
STAMP = 1700000000000000


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Rows:
    """Rows of the config database, as db_json_exim exports them."""

    def __init__(self):
        self.uuids, self.names = {}, {}
        self.add('global_system_config', 'default-global-system-config', autonomous_system=64512)
        fabric = self.add('virtual_network', 'default-domain:default-project:ip-fabric')
        master = self.add('routing_instance', MASTER, parent=('virtual_network', fabric))
        self.add('bgp_router', MASTER + ':local', parent=('routing_instance', master), bgp_router_parameters={
            'identifier': '127.0.0.1', 'address': '127.0.0.1', 'autonomous_system': 64512, 'router_type': 'control-node',
            'address_families': {'family': ['inet-vpn', 'route-target']}})

    @staticmethod
    def uuid_of(kind, name):
        return str(uuid.uuid5(uuid.NAMESPACE_DNS, kind + '/' + name))

    def add(self, kind, name, parent=None, **properties):
        key = self.uuid_of(kind, name)
        row = {'type': json.dumps(kind), 'fq_name': json.dumps([name] if kind == 'route_target' else name.split(':'))}
        if parent:
            row['parent_type'] = json.dumps(parent[0].replace('_', '-'))
            row['parent:%s:%s' % parent] = 'null'
        row.update({'prop:' + k: json.dumps(v) for k, v in properties.items()})
        self.uuids[key] = row
        self.names.setdefault(kind, {})[name + ':' + key] = 'null'
        return key

    def network(self, name, index, targets=(), imports=(), exports=()):
        """A virtual network with its routing instance; returns the instance's name."""
        network = self.add('virtual_network', name, virtual_network_network_id=index)
        instance = name + ':' + name.rsplit(':', 1)[1]
        key = self.add('routing_instance', instance, parent=('virtual_network', network))
        for how, list_ in ((None, targets), ('import', imports), ('export', exports)):
            for target in list_:
                self.uuids[key]['ref:route_target:' + self.add('route_target', target)] = json.dumps(
                    {'attr': {'import_export': how}, 'is_weakref': False})
        return instance

    def remove(self, kind, name):
        key = self.uuid_of(kind, name)
        del self.uuids[key]
        del self.names[kind][name + ':' + key]

    def write(self, path):
        form = lambda t: {k: [[c, v, STAMP] for c, v in sorted(r.items())] for k, r in t.items()}
        text = json.dumps({'cassandra': {'config_db_uuid': {'obj_uuid_table': form(self.uuids), 'obj_fq_name_table': form(self.names)}}})
        with open(path + '.new', 'w') as f:
            f.write(text)
        os.rename(path + '.new', path)


class Node:
    def __init__(self, rows, *arguments, tls=False, database=None):
        """`database`: options of one to live on, instead of a file of the rows; it may become ready later."""
        self.directory = tempfile.mkdtemp(prefix='signalbox-e2e-')
        self.rows_file = self.directory + '/rows.json'
        if rows:
            rows.write(self.rows_file)
        self.port, self.http, self.bgp, self.tls_port = (free_port() for _ in range(4))
        self.log = self.directory + '/log'
        self.out = open(self.directory + '/out', 'w+')
        self.process = subprocess.Popen(
            [PROGRAM, '--DEFAULT.hostname', 'local', '--DEFAULT.hostip', '127.0.0.1', '--DEFAULT.xmpp_server_port', str(self.port),
             '--DEFAULT.http_server_port', str(self.http), '--DEFAULT.http_server_ip', '127.0.0.1', '--DEFAULT.bgp_port', str(self.bgp),
             '--DEFAULT.log_file', self.log, *(database or ('--CONFIGDB.config_file', self.rows_file)),
             *(['--DEFAULT.xmpp_tls_port', str(self.tls_port)] if tls else []), *arguments],
            stdout=self.out, stderr=subprocess.STDOUT, cwd=self.directory)
        if not database:
            self.await_(lambda: self.status('/readyz') == 200)

    def get(self, path):
        with urllib.request.urlopen('http://127.0.0.1:%d%s' % (self.http, path), timeout=10) as reply:
            return reply.read().decode()

    def status(self, path):
        try:
            with urllib.request.urlopen('http://127.0.0.1:%d%s' % (self.http, path), timeout=10) as reply:
                return reply.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def await_(self, condition, seconds=20):
        """For conditions that only asking can tell (the node's own pages)."""
        end = time.monotonic() + seconds
        while not condition():
            if self.process.poll() is not None or time.monotonic() > end:
                raise AssertionError('the node did not get there; it says:\n' + self.output())
            time.sleep(0.02)

    def metric(self, name):
        """Sum over all labels."""
        return sum(float(line.rsplit(' ', 1)[1]) for line in self.get('/metrics').splitlines() if line.split('{')[0].split(' ')[0] == name)

    def output(self):
        """All that it has printed and logged."""
        text = ''
        for path in (self.directory + '/out', self.log):
            if os.path.exists(path):
                with open(path) as f:
                    text += f.read()
        return text

    def stop(self):
        """SIGTERM; returns the exit status and the seconds it took."""
        start = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(20)
        self.out.close()
        return status, time.monotonic() - start
