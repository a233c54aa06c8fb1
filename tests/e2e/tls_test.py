#!/usr/bin/env python3
"""Agents over TLS against the real daemon: both listeners, certificates that change under live agents, client certificates."""
import os
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from agent import Agent, TlsAgent  # noqa: E402
from node import Node, Rows  # noqa: E402

BLUE = 'default-domain:demo:blue:blue'


class Certificates:
    """An authority and what it signs, in a directory of its own."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix='signalbox-certificates-')
        self._openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=authority',
                      '-keyout', self.path('ca.key'), '-out', self.path('ca.pem'))

    def path(self, name):
        return os.path.join(self.directory, name)

    def issue(self, name):
        self._openssl('req', '-newkey', 'rsa:2048', '-nodes', '-subj', '/CN=' + name, '-keyout', self.path(name + '.key'), '-out', self.path('request'))
        self._openssl('x509', '-req', '-days', '2', '-in', self.path('request'), '-CA', self.path('ca.pem'), '-CAkey', self.path('ca.key'),
                      '-CAcreateserial', '-out', self.path(name + '.pem'))

    def der(self, name):
        with open(self.path(name + '.pem')) as f:
            return ssl.PEM_cert_to_DER_cert(f.read())

    def context(self, client=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.load_verify_locations(self.path('ca.pem'))
        if client:
            context.load_cert_chain(self.path(client + '.pem'), self.path(client + '.key'))
        return context

    def remove(self):
        shutil.rmtree(self.directory)

    @staticmethod
    def _openssl(*arguments):
        subprocess.run(['openssl', *arguments], check=True, capture_output=True)


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.certificates = Certificates()
        for name in ('first', 'second', 'agent'):
            cls.certificates.issue(name)

    @classmethod
    def tearDownClass(cls):
        cls.certificates.remove()

    def setUp(self):
        self.agents = []
        self.node = None

    def tearDown(self):
        for a in self.agents:
            a.drop()
        if self.node:
            self.assertEqual(self.node.stop()[0], 0, self.node.output())

    def start(self, *arguments, auth=True, tls_port=False):
        c = self.certificates
        for part in ('pem', 'key'):
            shutil.copy(c.path('first.' + part), c.path('server.' + part))
        rows = Rows()
        rows.network('default-domain:demo:blue', 5, targets=['target:64512:5'])
        options = ['--DEFAULT.xmpp_server_cert', c.path('server.pem'), '--DEFAULT.xmpp_server_key', c.path('server.key'),
                   '--DEFAULT.xmpp_ca_cert', c.path('ca.pem'), *arguments]
        if auth:
            options += ['--DEFAULT.xmpp_auth_enable', '1']
        self.node = Node(rows, *options, tls=tls_port)

    def agent(self, n, port=None, client=None, **how):
        a = TlsAgent('vr%d.example.net' % n, '127.0.0.%d' % (10 + n), port or self.node.port, self.certificates.context(client), **how)
        self.agents.append(a)
        self.assertTrue(a.established(), self.node.output())
        return a

    def assertServed(self, agent, n):
        agent.subscribe(BLUE, n)
        agent.route(BLUE, '10.1.0.%d/32' % n, 20 + n)
        self.assertTrue(agent.wait(lambda: agent.labels(BLUE).get('10.1.0.%d/32' % n) == {str(20 + n)}))

    def test_inside_the_stream_on_the_usual_port(self):
        self.start()
        self.assertServed(self.agent(1), 1)

    def test_the_second_listener_takes_both_ways_and_nothing_else(self):
        self.start(auth=False, tls_port=True)
        self.assertServed(self.agent(1, self.node.tls_port), 1)
        self.assertServed(self.agent(2, self.node.tls_port, from_first_byte=True), 2)
        plain = Agent('vr3.example.net', '127.0.0.13', self.node.tls_port)
        self.agents.append(plain)
        self.assertTrue(plain.wait(lambda: b'<required' in plain.unread))
        plain.subscribe(BLUE, 3)
        self.assertTrue(plain.wait(lambda: plain.closed))
        unsecured = Agent('vr4.example.net', '127.0.0.14', self.node.port)
        self.agents.append(unsecured)
        self.assertTrue(unsecured.established())
        self.assertServed(unsecured, 4)

    def test_certificates_are_read_again_on_sighup_and_agents_stay(self):
        self.start()
        before = self.agent(1)
        self.assertEqual(before.certificate(), self.certificates.der('first'))
        for part in ('pem', 'key'):
            shutil.copy(self.certificates.path('second.' + part), self.certificates.path('server.' + part))
        self.node.process.send_signal(signal.SIGHUP)
        self.node.await_(lambda: self.served_certificate() == self.certificates.der('second'))
        self.assertServed(before, 1)

    def test_a_broken_certificate_changes_nothing(self):
        self.start()
        with open(self.certificates.path('server.pem'), 'w') as f:
            f.write('no certificate\n')
        self.node.process.send_signal(signal.SIGHUP)
        self.node.await_(lambda: 'server.pem' in self.node.output())
        self.assertEqual(self.served_certificate(), self.certificates.der('first'))
        self.assertServed(self.agent(1), 1)

    def test_a_client_certificate_may_be_demanded(self):
        self.start('--DEFAULT.xmpp_tls_require_client_cert', '1')
        self.assertServed(self.agent(1, client='agent'), 1)
        # With TLS 1.3 the client learns of it when it reads.
        try:
            refused = TlsAgent('vr2.example.net', '127.0.0.12', self.node.port, self.certificates.context())
            self.agents.append(refused)
            self.assertFalse(refused.established())
        except ssl.SSLError as error:
            self.assertIn('CERTIFICATE_REQUIRED', str(error).upper().replace(' ', '_'))

    def served_certificate(self):
        probe = TlsAgent('probe.example.net', '127.0.0.99', self.node.port, self.certificates.context())
        try:
            return probe.certificate()
        finally:
            probe.drop()


if __name__ == '__main__':
    unittest.main()
