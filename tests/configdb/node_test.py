#!/usr/bin/env python3
"""The node on a real Cassandra and RabbitMQ: load, changes, faults of both, and agents that notice nothing but the changes.

The step configdb of ./test runs it, with the Python packages of requirements.txt."""
import json
import os
import signal
import subprocess
import sys
import tempfile
import unittest

import pika
from cassandra.cluster import Cluster

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'e2e')]
os.environ.setdefault('SIGNALBOX', os.path.join(HERE, '..', '..', 'build', 'dev', 'signalbox'))
from agent import Agent  # noqa: E402
from node import PROGRAM, Node, Rows  # noqa: E402
from servers import cassandra, rabbitmq, side_by_side  # noqa: E402

CTL = os.path.join(os.path.dirname(PROGRAM), 'signalboxctl')
BLUE, RED = ('default-domain:demo:%s:%s' % (n, n) for n in ('blue', 'red'))
EXCHANGE = 'vnc_config.object-update'


class FaultsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cassandra, cls.rabbitmq = cassandra(), rabbitmq()
        cls.addClassCleanup(cls.cassandra.remove)
        cls.addClassCleanup(cls.rabbitmq.remove)
        side_by_side(cls.cassandra.start, cls.rabbitmq.start)

    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix='signalbox-configdb-')
        self.rows = Rows()
        self.rows.network('default-domain:demo:blue', 5, targets=['target:64512:5'])
        self.red(False)
        self.load('--silent')
        self.conf = self.directory + '/signalbox.conf'
        self.write_conf('')
        self.node = Node(None, '--conf_file', self.conf, database=('--CONFIGDB.config_db_server_list', '127.0.0.1:%d' % self.cassandra.port))
        self.addCleanup(self.stop_node)
        self.node.await_(lambda: self.node.status('/readyz') == 200, 60)
        self.agents = [Agent('vr%d.example.net' % n, '127.0.0.%d' % (10 + n), self.node.port) for n in (1, 2)]
        for n, (agent, instance) in enumerate(zip(self.agents, (BLUE, RED)), 1):
            self.assertTrue(agent.established(), self.node.output())
            agent.subscribe(instance, n)
        self.agents[0].route(BLUE, '10.1.0.1/32', 21)

    def stop_node(self):
        for agent in getattr(self, 'agents', ()):
            agent.drop()
        if self.node.process.poll() is None:
            status, seconds = self.node.stop()
            self.assertEqual(status, 0, self.node.output())
            self.assertLess(seconds, 10)

    def write_conf(self, text):
        with open(self.conf, 'w') as f:
            f.write('[CONFIGDB]\nrabbitmq_server_list = 127.0.0.1:%d\n%s\n' % (self.rabbitmq.port, text))

    # ---- the database

    def red(self, imports_blue):
        self.rows.network('default-domain:demo:red', 6, targets=['target:64512:6'], imports=['target:64512:5'] * imports_blue)

    def ctl(self, *arguments):
        done = subprocess.run([CTL, 'config', *arguments], capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr

    def load(self, *options):
        path = self.directory + '/rows.json'
        self.rows.write(path)
        status, said = self.ctl('load', path, '--replace', '--cassandra', '127.0.0.1:%d' % self.cassandra.port,
                                '--rabbitmq', '127.0.0.1:%d' % self.rabbitmq.port, *options)
        self.assertEqual(status, 0, said)
        return said

    def publish(self, *bodies):
        with pika.BlockingConnection(pika.ConnectionParameters('127.0.0.1', self.rabbitmq.port)) as connection:
            channel = connection.channel()
            channel.exchange_declare(EXCHANGE, 'fanout')
            for body in bodies:
                channel.basic_publish(EXCHANGE, '', body if isinstance(body, str) else json.dumps(body))

    def message(self, oper='UPDATE', kind='routing_instance', name=RED):
        return {'request-id': 'req-1', 'oper': oper, 'type': kind, 'uuid': Rows.uuid_of(kind, name), 'fq_name': name.split(':')}

    def cql(self, statement, *values):
        with Cluster(['127.0.0.1'], port=self.cassandra.port, protocol_version=4) as cluster:
            return list(cluster.connect().execute(statement, values))

    # ---- what is expected

    def ready(self):
        return json.loads(subprocess.run(['curl', '-s', 'http://127.0.0.1:%d/readyz' % self.node.http], capture_output=True, text=True).stdout)

    def assertLeaked(self, leaked):
        want = {'10.1.0.1/32': {'21'}} if leaked else {}
        self.assertTrue(self.agents[1].wait(lambda: self.agents[1].labels(RED) == want, 60),
                        'wanted %s, has %s\n%s' % (want, self.agents[1].labels(RED), self.node.output()))
        self.assertEqual(self.node.metric('signalbox_sessions_closed_total'), 0, self.node.output())
        self.assertEqual(self.node.metric('signalbox_sessions'), 2)

    def connected(self, name, up=True):
        line = 'signalbox_config_connection_up{name="%s"} %d' % (name, up)
        self.node.await_(lambda: line in self.node.get('/metrics').splitlines(), 60)

    # ---- tests

    def test_changes_are_announced_and_read(self):
        self.assertLeaked(False)
        self.red(True)
        self.assertIn('1 announced', self.load())
        self.assertLeaked(True)
        self.red(False)
        self.load()
        self.assertLeaked(False)
        self.assertEqual(self.node.metric('signalbox_config_audits_total'), 0)

    def test_odd_messages_lose_nothing(self):
        self.red(True)
        self.load('--silent')
        odd = ['[]', 'oops', '', '{"oper":7}', dict(self.message(), oper='RENAME'), dict(self.message(), uuid=None), [self.message()]]
        self.publish(*odd, self.message(), *odd, self.message('DELETE'), self.message('CREATE'), self.message(), self.message())
        self.assertLeaked(True)
        self.node.await_(lambda: self.node.metric('signalbox_config_messages_total') == 2 * len(odd) + 5)
        self.assertEqual(self.node.metric('signalbox_config_messages_refused_total'), 2 * len(odd))

    def test_the_broker_dies_and_with_it_what_was_announced(self):
        self.rabbitmq.stop(kill=True)
        self.connected('RabbitMQ', False)
        self.assertEqual([m['what'] for m in self.ready()['impaired']], ['RabbitMQ'])
        self.assertTrue(self.ready()['ready'])
        self.red(True)
        self.load('--silent')
        self.rabbitmq.start()
        self.assertLeaked(True)
        self.assertGreater(self.node.metric('signalbox_config_audit_found_total'), 0)
        self.red(False)
        self.load()
        self.assertLeaked(False)

    def test_the_database_dies_while_a_change_is_announced(self):
        self.red(True)
        self.load('--silent')
        self.cassandra.stop(kill=True)
        self.connected('Cassandra', False)
        self.publish(self.message())
        self.assertEqual([m['what'] for m in self.ready()['impaired']], ['Cassandra'])
        self.assertLeaked(False)
        self.cassandra.start()
        self.assertLeaked(True)

    def test_both_die(self):
        self.red(True)
        self.load('--silent')
        side_by_side(lambda: self.cassandra.stop(kill=True), lambda: self.rabbitmq.stop(kill=True))
        self.connected('RabbitMQ', False)
        side_by_side(self.cassandra.start, self.rabbitmq.start)
        self.assertLeaked(True)

    def test_a_row_deleted_without_a_message_is_found_by_the_periodic_audit(self):
        self.red(True)
        self.load()
        self.assertLeaked(True)
        self.cql('DELETE FROM config_db_uuid.obj_uuid_table WHERE key = %s', Rows.uuid_of('route_target', 'target:64512:5').encode())
        self.write_conf('[SIGNALBOX]\nconfig_audit_interval = 1')
        self.node.process.send_signal(signal.SIGHUP)
        self.assertLeaked(False)
        self.assertIn('audit: changes that no message announced', self.node.output())

    def test_read_anew(self):
        self.red(True)
        self.load('--silent')
        self.node.process.send_signal(signal.SIGUSR1)
        self.assertLeaked(True)

    def test_another_broker_takes_effect_on_sighup(self):
        other = rabbitmq()
        self.addCleanup(other.remove)
        other.start()
        self.red(True)
        self.load('--silent')
        self.write_conf('broken line')
        self.node.process.send_signal(signal.SIGHUP)
        self.node.await_(lambda: 'the options stay as they are' in self.node.output())
        self.assertLeaked(False)
        first, type(self).rabbitmq = self.rabbitmq, other
        self.addCleanup(setattr, type(self), 'rabbitmq', first)
        self.write_conf('')
        self.node.process.send_signal(signal.SIGHUP)
        self.assertLeaked(True)
        self.red(False)
        self.load()
        self.assertLeaked(False)

    def test_a_bad_row_is_shown_and_its_last_good_version_stays(self):
        self.red(True)
        self.load()
        self.assertLeaked(True)
        key = Rows.uuid_of('routing_instance', RED).encode()
        self.cql('UPDATE config_db_uuid.obj_uuid_table SET value = %s WHERE key = %s AND column1 = %s', '{"broken', key, b'prop:x')
        self.publish(self.message())
        self.node.await_(lambda: self.ready()['config_problems']['count'] > 0, 30)
        self.assertIn('prop:x', json.dumps(self.ready()['config_problems']))
        self.assertLeaked(True)
        self.cql('DELETE FROM config_db_uuid.obj_uuid_table WHERE key = %s AND column1 = %s', key, b'prop:x')

    def test_the_tool_dumps_what_it_loaded(self):
        path = self.directory + '/rows.json'
        server = ('--cassandra', '127.0.0.1:%d' % self.cassandra.port)
        self.assertEqual(self.ctl('diff', path, *server), (0, ''))
        status, text = self.ctl('dump', *server)
        self.assertEqual(status, 0)
        tables = json.loads(text)['cassandra']['config_db_uuid']
        self.assertEqual({k: {c: v for c, v, _ in r} for k, r in tables['obj_uuid_table'].items()}, self.rows.uuids)
        self.assertEqual(set(tables['obj_fq_name_table']), set(self.rows.names))
        self.red(True)
        self.rows.write(path)
        status, said = self.ctl('diff', path, *server)
        self.assertEqual(status, 1)
        self.assertIn(Rows.uuid_of('routing_instance', RED) + ': differs', said)


if __name__ == '__main__':
    unittest.main()
