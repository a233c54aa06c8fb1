#!/usr/bin/env python3
"""Agents are handed their part of the configuration: the whole download, changes, deletions, odd requests, reconnection."""
import json
import os
import sys
import unittest
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from agent import NODE, Agent  # noqa: E402
from node import Node, Rows  # noqa: E402

SYSTEM, DEMO, BLUE = 'default-global-system-config', 'default-domain:demo', 'default-domain:demo:blue'


def content(element):
    """What an element holds: its text, or its children by tag."""
    return [(c.tag, content(c)) for c in element] or (element.text or '')


class ConfigAgent(Agent):
    """Asks for its configuration and keeps what it is told; `wrong` lists broken promises of order."""

    def __init__(self, host, address, port):
        self.router = SYSTEM + ':' + host
        self.nodes, self.links, self.wrong = {}, set(), []
        super().__init__(host, address, port)

    def ask(self, node, what='subscribe'):
        self.send('<iq type="set" from="%s" to="%s/config"><pubsub xmlns="http://jabber.org/protocol/pubsub"><%s node="%s" /></pubsub></iq>\n'
                  % (self.name, NODE, what, node))

    def _stanza(self, raw):
        if b'<config>' not in raw:
            return super()._stanza(raw)
        message = ET.fromstring(raw)
        assert message.get('to') == self.router + '/config' and message.get('from') == NODE, dict(message.attrib)
        for part in message.find('config'):
            for item in part:
                (self._node if item.tag == 'node' else self._link)(part.tag == 'update', item)

    def _node(self, update, item):
        key = item.get('type') + ' ' + item.findtext('name')
        if update:
            self.nodes[key] = {c.tag: content(c) for c in item if c.tag != 'name'}
        else:
            if self.nodes.pop(key, None) is None or any(key in link[1:] for link in self.links):
                self.wrong.append('deleted ' + key)

    def _link(self, update, item):
        ends = sorted(n.get('type') + ' ' + n.findtext('name') for n in item.findall('node'))
        link = (item.find('metadata').get('type'), *ends)
        if update:
            if not all(end in self.nodes for end in ends):
                self.wrong.append('link before node: %s' % (link,))
            self.links.add(link)
        elif link not in self.links:
            self.wrong.append('deleted %s' % (link,))
        else:
            self.links.remove(link)


class ConfigTest(unittest.TestCase):
    def setUp(self):
        self.rows = rows = Rows()
        system = rows.uuid_of('global_system_config', SYSTEM)
        self.project = rows.add('project', DEMO)
        self.blue = rows.add('virtual_network', BLUE, parent=('project', self.project), virtual_network_network_id=5, display_name='Blue & <co>')
        instance = rows.add('routing_instance', BLUE + ':blue', parent=('virtual_network', self.blue), routing_instance_is_default=True)
        self.machines = {}
        for n in (1, 2):
            name = '00000000-0000-4000-8000-00000000001%d' % n
            machine = rows.add('virtual_machine', name, id_perms={'uuid': {'uuid_mslong': 16384, 'uuid_lslong': (1 << 63) + 0x10 + n}})
            self.machines[n] = name
            self.router(n, system, machine)
            interface = rows.add('virtual_machine_interface', '%s:if%d' % (DEMO, n), parent=('project', self.project))
            self.refer(interface, 'virtual_machine', machine)
            self.refer(interface, 'virtual_network', self.blue)
            self.refer(interface, 'routing_instance', instance, {'direction': 'both', 'vlan_tag': n})
        self.node = Node(rows)
        self.agents = []

    def tearDown(self):
        for a in self.agents:
            self.assertEqual(a.wrong, [])
            a.drop()
        self.assertEqual(self.node.stop()[0], 0, self.node.output())

    def router(self, n, system, machine):
        key = self.rows.add('virtual_router', '%s:host%d' % (SYSTEM, n), parent=('global_system_config', system),
                            virtual_router_ip_address='127.0.0.%d' % (10 + n))
        self.refer(key, 'virtual_machine', machine)

    def refer(self, key, kind, other, attr=None):
        self.rows.uuids[key]['ref:%s:%s' % (kind, other)] = json.dumps({'attr': attr, 'is_weakref': False})

    def agent(self, n, machines=()):
        a = ConfigAgent('host%d' % n, '127.0.0.%d' % (10 + n), self.node.port)
        self.agents.append(a)
        self.assertTrue(a.established(), self.node.output())
        a.ask('virtual-router:' + a.router)
        for machine in machines:
            a.ask('virtual-machine:' + machine)
        return a

    def expected(self, n):
        """Written by hand: what host n gets."""
        router, machine, interface = '%s:host%d' % (SYSTEM, n), self.machines[n], '%s:if%d' % (DEMO, n)
        middle = 'virtual-machine-interface-routing-instance attr(%s:blue,%s)' % (BLUE, interface)
        nodes = {'virtual-router ' + router: {'virtual-router-ip-address': '127.0.0.%d' % (10 + n)},
                 'global-system-config ' + SYSTEM: {'autonomous-system': '64512'},
                 'virtual-machine ' + machine: {'id-perms': [
                     ('permissions', [('owner', ''), ('owner-access', '0'), ('group', ''), ('group-access', '0'), ('other-access', '0')]),
                     ('uuid', [('uuid-mslong', '16384'), ('uuid-lslong', str((1 << 63) + 0x10 + n))]), ('enable', 'false'),
                     ('created', '1970-01-01T00:00:00'), ('last-modified', '1970-01-01T00:00:00'), ('description', ''), ('user-visible', 'true'),
                     ('creator', '')]},
                 'virtual-machine-interface ' + interface: {},
                 'virtual-network ' + BLUE: {'virtual-network-network-id': '5', 'display-name': 'Blue & <co>'},
                 'routing-instance ' + BLUE + ':blue': {'routing-instance-is-default': 'true'},
                 'project ' + DEMO: {},
                 middle: {'value': [('direction', 'both'), ('vlan-tag', str(n)), ('src-mac', ''), ('dst-mac', ''), ('mpls-label', '0'),
                                    ('service-chain-address', ''), ('ipv6-service-chain-address', ''), ('protocol', '')]}}
        link = lambda name, *ends: (name, *sorted(ends))
        vmi, net, instance = 'virtual-machine-interface ' + interface, 'virtual-network ' + BLUE, 'routing-instance ' + BLUE + ':blue'
        links = {link('global-system-config-virtual-router', 'virtual-router ' + router, 'global-system-config ' + SYSTEM),
                 link('virtual-router-virtual-machine', 'virtual-router ' + router, 'virtual-machine ' + machine),
                 link('virtual-machine-interface-virtual-machine', vmi, 'virtual-machine ' + machine),
                 link('virtual-machine-interface-virtual-network', vmi, net),
                 link('virtual-machine-interface-routing-instance', vmi, middle),
                 link('virtual-machine-interface-routing-instance', middle, instance),
                 link('virtual-network-routing-instance', net, instance),
                 link('project-virtual-machine-interface', 'project ' + DEMO, vmi),
                 link('project-virtual-network', 'project ' + DEMO, net)}
        return nodes, links

    def assertTold(self, agent, nodes, links):
        agent.wait(lambda: (agent.nodes, agent.links) == (nodes, links), 30)
        self.assertEqual(agent.nodes, nodes)
        self.assertEqual(agent.links, links)

    def test_the_download_is_what_the_host_needs(self):
        for n in (1, 2):
            self.assertTold(self.agent(n, [self.machines[n]]), *self.expected(n))

    def test_a_change_reaches_all_who_have_the_object(self):
        agents = [self.agent(n) for n in (1, 2)]
        for n, a in enumerate(agents, 1):
            self.assertTold(a, *self.expected(n))
        self.rows.uuids[self.blue]['prop:mtu'] = '1400'
        self.rows.write(self.node.rows_file)
        for n, a in enumerate(agents, 1):
            nodes, links = self.expected(n)
            nodes['virtual-network ' + BLUE]['mtu'] = '1400'
            self.assertTold(a, nodes, links)

    def test_what_is_deleted_goes_after_its_links(self):
        a = self.agent(1)
        self.assertTold(a, *self.expected(1))
        self.rows.remove('virtual_machine_interface', DEMO + ':if1')
        self.rows.write(self.node.rows_file)
        nodes, links = self.expected(1)
        keep = {k for k in nodes if k.split(' ')[0] in ('virtual-router', 'global-system-config', 'virtual-machine')}
        self.assertTold(a, {k: nodes[k] for k in keep}, {x for x in links if x[1] in keep and x[2] in keep})

    def test_machines_are_subscribed_to_before_they_exist(self):
        a = self.agent(3, [self.machines[1]])  # a host that the database does not know
        nodes, links = self.expected(1)
        self.assertTrue(a.wait(lambda: 'virtual-machine ' + self.machines[1] in a.nodes))
        self.assertTold(a, *((lambda known: ({k: known.get(k, {}) for k in known}, a.links))(
            {**{k: v for k, v in nodes.items() if k.split(' ')[0] not in ('virtual-router', 'global-system-config')}, 'virtual-router ' + a.router: {}})))
        a.ask('virtual-machine:' + self.machines[1], 'unsubscribe')
        self.assertTold(a, {}, set())

    def test_odd_requests_cost_nothing(self):
        a = ConfigAgent('host1', '127.0.0.11', self.node.port)
        self.agents.append(a)
        self.assertTrue(a.established())
        for node, what in (('virtual-machine:' + self.machines[1], 'subscribe'), ('virtual-machine:' + self.machines[1], 'unsubscribe'),
                           ('toaster:x', 'subscribe'), ('virtual-router:', 'subscribe'), ('', 'subscribe'), ('virtual-router:' + a.router, 'unsubscribe')):
            a.ask(node, what)
        a.ask('virtual-router:' + a.router)
        for node, what in (('virtual-router:' + a.router, 'subscribe'), ('virtual-router:other', 'subscribe'), ('virtual-machine:no-uuid', 'subscribe'),
                           ('virtual-machine:no-uuid', 'subscribe'), ('virtual-machine:never-asked', 'unsubscribe')):
            a.ask(node, what)
        self.assertTold(a, *self.expected(1))

    def test_an_agent_that_comes_back_is_told_all_again(self):
        first = self.agent(1, [self.machines[1]])
        self.assertTold(first, *self.expected(1))
        first.drop()
        self.node.await_(lambda: self.node.metric('signalbox_sessions') == 0)
        self.assertTold(self.agent(1, [self.machines[1]]), *self.expected(1))


if __name__ == '__main__':
    unittest.main()
