#!/usr/bin/env python3
"""Agents against the real daemon: requests, routes, configuration changes under live agents, misbehaviour, the end."""
import json
import os
import signal
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from agent import Agent, NODE  # noqa: E402
from node import PROGRAM, ROOT, Node, Rows  # noqa: E402

BLUE, RED, LATE = ('default-domain:demo:%s:%s' % (n, n) for n in ('blue', 'red', 'late'))


class AgentsTest(unittest.TestCase):
    def setUp(self):
        self.rows = Rows()
        self.rows.network('default-domain:demo:blue', 5, targets=['target:64512:5'])
        self.rows.network('default-domain:demo:red', 6, targets=['target:64512:6'], imports=['target:64512:5'])
        self.node = Node(self.rows)
        self.agents = []

    def tearDown(self):
        for a in self.agents:
            a.drop()
        if self.node.process.poll() is None:
            self.assertEqual(self.node.stop()[0], 0, self.node.output())

    def agent(self, n, *instances, name=None):
        a = Agent(name or 'vr%d.example.net' % n, '127.0.0.%d' % (10 + n), self.node.port)
        self.agents.append(a)
        self.assertTrue(a.established(), self.node.output())
        for instance in instances:
            a.subscribe(instance, n)
        return a

    def assertTold(self, agent, instance, labels):
        if agent.wait(lambda: agent.labels(instance) == labels):
            return
        has = agent.labels(instance)
        differs = sorted(p for p in has.keys() | labels.keys() if has.get(p) != labels.get(p))
        self.fail('session %s; %d prefixes differ: %s' % ('lost' if agent.closed else 'up', len(differs), ', '.join(
            '%s has %s, wanted %s' % (p, has.get(p), labels.get(p)) for p in differs[:10])))

    # ---- routes

    def test_leaks_by_target_and_names_the_origin(self):
        blue, red = self.agent(1, BLUE), self.agent(2, RED)
        blue.route(BLUE, '10.1.0.1/32', 21)
        red.route(RED, '10.2.0.1/32', 22)
        self.assertTold(red, RED, {'10.1.0.1/32': {'21'}, '10.2.0.1/32': {'22'}})
        self.assertTold(blue, BLUE, {'10.1.0.1/32': {'21'}})
        self.assertEqual(red.networks(RED, '10.1.0.1/32'), {'default-domain:demo:blue'})
        blue.drop()
        self.assertTold(red, RED, {'10.2.0.1/32': {'22'}})

    def test_targets_change_while_routes_are_present(self):
        blue, red = self.agent(1, BLUE), self.agent(2, RED)
        blue.route(BLUE, '10.1.0.1/32', 21)
        self.assertTold(red, RED, {'10.1.0.1/32': {'21'}})
        self.rows.network('default-domain:demo:red', 6, targets=['target:64512:6'])
        self.rows.write(self.node.rows_file)
        self.assertTold(red, RED, {})
        self.rows.network('default-domain:demo:red', 6, targets=['target:64512:5'])
        self.rows.write(self.node.rows_file)
        self.assertTold(red, RED, {'10.1.0.1/32': {'21'}})

    def test_unknown_encapsulation_is_kept_but_not_told(self):
        a, b = self.agent(1, BLUE), self.agent(2, BLUE)
        a.route(BLUE, '10.1.0.1/32', 21, encaps=('carrier-pigeon',))
        a.route(BLUE, '10.1.0.2/32', 22)
        self.assertTold(b, BLUE, {'10.1.0.2/32': {'22'}})
        why = json.loads(self.node.get('/api/v1/why?table=%s.inet.0&prefix=10.1.0.1/32' % BLUE))
        self.assertIn('infeasible', json.dumps(why))

    # ---- instances that come and go

    def test_instance_that_comes_later(self):
        a, b = self.agent(1, LATE), self.agent(2, LATE)
        a.route(LATE, '10.9.0.1/32', 29)
        self.rows.network('default-domain:demo:late', 9, targets=['target:64512:9'])
        self.rows.write(self.node.rows_file)
        self.assertTold(b, LATE, {'10.9.0.1/32': {'29'}})
        self.assertTold(a, LATE, {'10.9.0.1/32': {'29'}})

    def test_instance_deleted_under_live_agents(self):
        blue, red = self.agent(1, BLUE), self.agent(2, RED)
        blue.route(BLUE, '10.1.0.1/32', 21)
        self.assertTold(red, RED, {'10.1.0.1/32': {'21'}})
        self.rows.remove('routing_instance', BLUE)
        self.rows.write(self.node.rows_file)
        self.assertTold(red, RED, {})
        blue.unsubscribe(BLUE)
        blue.subscribe(BLUE, 1)
        blue.route(BLUE, '10.1.0.3/32', 23)
        self.rows.network('default-domain:demo:blue', 5, targets=['target:64512:5'])
        self.rows.write(self.node.rows_file)
        self.assertTold(red, RED, {'10.1.0.3/32': {'23'}})
        self.assertFalse(blue.closed)

    # ---- requests that end the session, and those that do not

    def test_requests_that_close(self):
        cases = {
            'subscribed twice': lambda a: (a.subscribe(BLUE), a.subscribe(BLUE)),
            'unsubscribed without subscription': lambda a: a.unsubscribe(BLUE),
            'published without subscription': lambda a: a.route(BLUE, '10.1.0.1/32'),
            'published into nothing': lambda a: a.route('no:such:instance:instance', '10.1.0.1/32'),
            'not XML': lambda a: a.send('<iq type="set"><pubsub></iq>'),
            'a stanza without end': lambda a: a.send(b'<iq type="set">' + b'x' * (5 << 20)),
        }
        for n, (what, request) in enumerate(cases.items()):
            with self.subTest(what):
                a = self.agent(20 + n)
                try:
                    request(a)
                except ConnectionError:
                    pass
                self.assertTrue(a.wait(lambda a=a: a.closed), what)
        self.assertEqual(self.node.process.poll(), None)

    def test_requests_that_do_not_close(self):
        a = self.agent(1, BLUE)
        a.route(BLUE, '10.1.0.300/32')                      # bad prefix
        a.route('no:such:instance:instance', 'nonsense')    # bad prefix comes before membership
        a.route(BLUE, '10.1.0.4/32', label=0)               # bad label
        a.route(BLUE, '10.1.0.5/32', next_hop='0.0.0.0')    # bad next hop
        a.route(BLUE, '10.1.0.6/32', withdraw=True)         # unknown prefix
        a.iq('<collection node="%s"><associate node="1/1/x/1.2.3.4/32"/></collection>' % BLUE)
        a.iq('<retract/>')
        a.route(BLUE, '10.1.0.1/32', 21)
        self.assertTold(a, BLUE, {'10.1.0.1/32': {'21'}})
        self.assertFalse(a.closed)

    def test_name_is_held_once_and_escaped(self):
        name = 'vr&<1>.example.net'
        a = Agent('vr&amp;&lt;1&gt;.example.net', '127.0.0.31', self.node.port)
        self.agents.append(a)
        self.assertTrue(a.established())
        a.name = name
        a.send(('<iq type="set" to="%s/bgp-peer"><pubsub><subscribe node="%s"><options><instance-id>1</instance-id></options></subscribe></pubsub></iq>' % (NODE, BLUE)))
        second = Agent('vr&amp;&lt;1&gt;.example.net', '127.0.0.31', self.node.port)
        self.agents.append(second)
        self.assertFalse(second.established())
        b = self.agent(2, BLUE)
        b.route(BLUE, '10.1.0.1/32', 21)
        self.assertTold(a, BLUE, {'10.1.0.1/32': {'21'}})

    # ---- slow readers

    def test_a_reader_that_stops_gets_the_difference_and_harms_nobody(self):
        slow, other, publisher = self.agent(1, BLUE), self.agent(2, BLUE), self.agent(3, BLUE)
        want = {}
        for round_ in range(4):
            for i in range(2000):
                publisher.route(BLUE, '10.%d.%d.%d/32' % (i >> 16, i >> 8 & 255, i & 255), 100 + round_)
                want['10.%d.%d.%d/32' % (i >> 16, i >> 8 & 255, i & 255)] = {str(100 + round_)}
                if i % 500 == 0:
                    other.take_what_is_there()
                    publisher.take_what_is_there()
            self.assertTold(other, BLUE, want)
        self.node.await_(lambda: self.node.metric('signalbox_readers_fallen_out_total') > 0)
        self.assertTold(slow, BLUE, want)
        self.assertFalse(slow.closed)

    # ---- the process

    def test_terminates_in_bounded_time_with_agents_connected(self):
        for n in range(1, 6):
            self.agent(n, BLUE)
        status, seconds = self.node.stop()
        self.assertEqual(status, 0, self.node.output())
        self.assertLess(seconds, 10)
        self.assertTrue(self.agents[0].wait(lambda: self.agents[0].closed))

    def test_a_broken_configuration_file_changes_nothing(self):
        a = self.agent(1, BLUE)
        a.route(BLUE, '10.1.0.1/32', 21)
        self.assertTold(a, BLUE, {'10.1.0.1/32': {'21'}})
        with open(self.node.rows_file, 'w') as f:
            f.write('{"cassandra": {"config_db_uuid": {"obj_uuid_table": {')
        self.node.process.send_signal(signal.SIGHUP)
        self.node.await_(lambda: 'stays as it is' in self.node.output())
        b = self.agent(2, BLUE)
        self.assertTold(b, BLUE, {'10.1.0.1/32': {'21'}})
        self.assertFalse(a.closed)


class CommandLineTest(unittest.TestCase):
    def run_daemon(self, *arguments):
        return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60)

    def test_version_and_print_config(self):
        self.assertIn('signalbox', self.run_daemon('--version').stdout)
        self.assertIn('xmpp_server_port', self.run_daemon('--print-config').stdout)

    def test_refuses_bad_values_by_name(self):
        r = self.run_daemon('--DEFAULT.xmpp_server_port', '99999')
        self.assertEqual(r.returncode, 1)
        self.assertIn('xmpp_server_port', r.stderr)
        self.assertIn('65535', r.stderr)

    def test_check_of_the_demo(self):
        r = self.run_daemon('--conf_file', ROOT + '/deploy/demo/signalbox.conf', '--CONFIGDB.config_file', ROOT + '/deploy/demo/config.json', '--check')
        self.assertEqual(r.returncode, 0, r.stderr)

    def test_check_names_file_and_object(self):
        rows = Rows()
        rows.network('default-domain:demo:blue', 5, targets=['target:nonsense'])
        path = '/tmp/signalbox-e2e-check-%d.json' % os.getpid()
        rows.write(path)
        try:
            r = self.run_daemon('--DEFAULT.hostname', 'local', '--CONFIGDB.config_file', path, '--check')
        finally:
            os.unlink(path)
        self.assertEqual(r.returncode, 1)
        self.assertIn(path, r.stderr)
        self.assertIn('target:nonsense', r.stderr)

    @unittest.skipUnless(os.path.exists(ROOT + '/../shared/recorded/api_server/rows.json'), 'no recorded database beside the project')
    def test_check_of_rows_a_real_api_server_wrote(self):
        r = self.run_daemon('--DEFAULT.hostname', 'cn1', '--CONFIGDB.config_file', ROOT + '/../shared/recorded/api_server/rows.json', '--check')
        self.assertEqual(r.returncode, 0, r.stderr)


if __name__ == '__main__':
    unittest.main(verbosity=1)
