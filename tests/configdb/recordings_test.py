#!/usr/bin/env python3
"""The node on a real Cassandra and RabbitMQ, against recordings of the incumbent on the same: what agents were told of the configuration.

The recordings and the program that plays them are in the folder SIGNALBOX_SHARED; without it nothing is compared."""
import os
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import servers  # noqa: E402

ROOT = servers.ROOT
PROGRAM = os.environ.get('SIGNALBOX', os.path.join(ROOT, 'build', 'release', 'signalbox'))
SHARED = os.path.join(ROOT, os.environ.get('SIGNALBOX_SHARED', '../shared'))
COMMAND = PROGRAM + (' --conf_file {dir}/empty.conf --DEFAULT.hostname cn1 --DEFAULT.hostip 127.0.0.1 --DEFAULT.xmpp_server_port {port} --DEFAULT.bgp_port {bgp}'
                     ' --DEFAULT.http_server_port {http} --CONFIGDB.config_db_server_list 127.0.0.1:{cql} --CONFIGDB.rabbitmq_server_list 127.0.0.1:{amqp}')


@unittest.skipUnless(os.path.exists(os.path.join(SHARED, 'check', 'play_config.py')), 'no recordings here')
class RecordingsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.cassandra, cls.rabbitmq = servers.cassandra(), servers.rabbitmq()
        cls.addClassCleanup(cls.cassandra.remove)
        cls.addClassCleanup(cls.rabbitmq.remove)
        servers.side_by_side(cls.cassandra.start, cls.rabbitmq.start)

    def compare(self, *command):
        environment = dict(os.environ, CQL_PORT=str(self.cassandra.port), AMQP_PORT=str(self.rabbitmq.port))
        done = subprocess.run([sys.executable, *command], capture_output=True, text=True, env=environment)
        self.assertEqual(done.returncode, 0, done.stdout[-8000:] + done.stderr[-2000:])

    def test_agents_are_told_what_the_incumbent_told_them(self):
        self.compare(os.path.join(SHARED, 'check', 'play_config.py'), '--against', os.path.join(SHARED, 'recorded', 'config'), COMMAND)


if __name__ == '__main__':
    unittest.main()
