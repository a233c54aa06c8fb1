#!/usr/bin/env python3
"""Introspect, JSON API, metrics and health of the real daemon, over HTTP.

introspect_test.py [--build BUILD_DIR] [unittest arguments]
The comparison with recorded pages needs the shared checks (../shared, or $SIGNALBOX_SHARED) and is skipped without them.
"""
import json
import os
import shlex
import sys
import unittest
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ET

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
if '--build' in sys.argv:
    at = sys.argv.index('--build')
    os.environ['SIGNALBOX'] = os.path.abspath(sys.argv[at + 1] + '/signalbox')
    del sys.argv[at:at + 2]
from agent import Agent  # noqa: E402
from node import PROGRAM, ROOT, Node, Rows  # noqa: E402

SHARED = os.path.abspath(os.environ.get('SIGNALBOX_SHARED', ROOT + '/../shared'))
BLUE, RED = ('default-domain:demo:%s:%s' % (n, n) for n in ('blue', 'red'))
TABLE = BLUE + '.inet.0'


def prefixes(reply):
    return [route.findtext('prefix') for route in reply.iter('ShowRoute')]


class PagesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        rows = Rows()
        rows.network('default-domain:demo:blue', 5, targets=['target:64512:5'])
        rows.network('default-domain:demo:red', 6, targets=['target:64512:6'], imports=['target:64512:5'])
        cls.node = Node(rows)
        cls.agents = [Agent('vr%d.example.net' % n, '127.0.0.%d' % (10 + n), cls.node.port) for n in (1, 2)]
        first, second = cls.agents
        for n, a in enumerate(cls.agents, 1):
            assert a.established(), cls.node.output()
            a.subscribe(BLUE, n)
        first.route(BLUE, '10.1.0.1/32', 21)
        second.route(BLUE, '10.1.0.1/32', 22)
        first.route(BLUE, '10.1.0.66/32', 23, encaps=('no-such-encapsulation',))
        for i in range(1200):
            first.route(BLUE, '10.2.%d.%d/32' % (i // 256, i % 256), 100 + i)
        assert second.wait(lambda: len(second.labels(BLUE)) == 1201), len(second.labels(BLUE))

    @classmethod
    def tearDownClass(cls):
        for a in cls.agents:
            a.drop()
        status, _ = cls.node.stop()
        assert status == 0, cls.node.output()

    def page(self, request):
        return ET.fromstring(self.node.get('/Snh_' + request))

    def api(self, request, status=200):
        try:
            with urllib.request.urlopen('http://127.0.0.1:%d/api/v1/%s' % (self.node.http, request), timeout=10) as reply:
                code, body = reply.status, reply.read()
        except urllib.error.HTTPError as error:
            code, body = error.code, error.read()
        self.assertEqual(code, status, body)
        return json.loads(body)

    def test_a_table_page_by_page(self):
        first = self.page('ShowRouteReq?x=' + TABLE)
        self.assertEqual(len(prefixes(first)), 1000)
        cursor = first.find('next_batch')
        self.assertEqual(cursor.get('link'), 'ShowRouteReqIterate')
        second = self.page('ShowRouteReqIterate?x=' + urllib.parse.quote(cursor.text, safe=''))
        self.assertFalse(second.findtext('next_batch'))
        shown = prefixes(first) + prefixes(second)
        wanted = ['10.1.0.1/32', '10.1.0.66/32'] + ['10.2.%d.%d/32' % (i // 256, i % 256) for i in range(1200)]
        self.assertEqual(shown, wanted)

    def test_selections(self):
        self.assertEqual(prefixes(self.page('ShowRouteReq?x=%s&prefix=10.2.3.0/28&longer_match=1' % TABLE)),
                         ['10.2.3.%d/32' % i for i in range(16)])
        self.assertEqual(prefixes(self.page('ShowRouteReq?routing_instance=%s&prefix=10.1.0.1/32' % RED)), ['10.1.0.1/32'])
        self.assertEqual(len(prefixes(self.page('ShowRouteReq?x=%s&count=7' % TABLE))), 7)
        of_second = self.page('ShowRouteReq?x=%s&source=vr2.example.net' % TABLE)
        self.assertEqual([p.findtext('label') for p in of_second.iter('ShowRoutePath')], ['22'])
        self.assertEqual(prefixes(self.page('ShowRouteReq?x=nowhere.inet.0')), [])

    def test_counters_of_tables_and_members(self):
        tables = {t.findtext('name'): t for t in self.page('ShowRouteSummaryReq').iter('ShowRouteTableSummary')}
        blue, red = tables[TABLE], tables[RED + '.inet.0']
        self.assertEqual([blue.findtext(f) for f in ('prefixes', 'primary_paths', 'secondary_paths', 'infeasible_paths')],
                         ['1202', '1203', '0', '1'])
        self.assertEqual([red.findtext(f) for f in ('prefixes', 'primary_paths', 'secondary_paths')], ['1201', '0', '1202'])
        shown = self.page('ShowRoutingInstanceReq?x=' + BLUE)
        table = next(t for t in shown.iter('ShowRoutingInstanceTable') if t.findtext('name') == TABLE)
        self.assertEqual([(p.findtext('peer'), p.findtext('instance_id')) for p in table.iter('ShowMembershipPeerInfo')],
                         [('vr1.example.net', '1'), ('vr2.example.net', '2')])

    def test_sessions_and_clear_outside_test_mode(self):
        names = [c.findtext('name') for c in self.page('ShowXmppConnectionReq').iter('ShowXmppConnection')]
        self.assertEqual(names, ['vr1.example.net', 'vr2.example.net'])
        self.assertEqual(self.page('ShowXmppServerReq').findtext('current_connections'), '2')
        self.assertEqual(self.page('ClearXmppConnectionReq?x=all').findtext('success'), 'false')
        self.assertEqual(self.page('ShowXmppServerReq').findtext('current_connections'), '2')

    def test_why(self):
        why = self.api('why?table=%s&prefix=10.1.0.1/32' % TABLE)
        self.assertEqual([p['verdict'] for p in why['paths']], ['best', 'equal'])
        self.assertEqual(sorted(p['name'] for e in why['exports'] for p in e['peers']), ['vr1.example.net', 'vr2.example.net'])
        self.assertIn(RED + '.inet.0', [c['table'] for c in why['copies']])
        refused = self.api('why?table=%s&prefix=10.1.0.66/32' % TABLE)['paths'][0]
        self.assertEqual((refused['verdict'], refused['reason']), ('infeasible', 'none of its encapsulations is known'))
        self.api('why?table=%s&prefix=10.9.9.9/32' % TABLE, 404)

    def test_api_routes_page_by_page(self):
        seen, cursor = [], ''
        while cursor is not None:
            answer = self.api('routes?table=%s&limit=500&cursor=%s' % (TABLE, urllib.parse.quote(cursor, safe='')))
            seen += [r['prefix'] for r in answer['routes']]
            cursor = answer['next']
        self.assertEqual(len(seen), 1202)
        self.assertEqual(len(set(seen)), 1202)

    def test_health_metrics_and_page(self):
        self.assertEqual(json.loads(self.node.get('/healthz'))['status'], 'ok')
        self.assertEqual(json.loads(self.node.get('/readyz'))['missing'], [])
        self.assertEqual(self.api('status')['neighbors']['xmpp_up'], 2)
        self.assertGreater(self.node.metric('signalbox_http_requests_total'), 0)
        self.assertIn('href="bgp_peer.xml"', self.node.get('/'))
        self.assertEqual(ET.fromstring(self.node.get('/bgp_peer.xml')).tag, 'bgp_peer')
        self.assertEqual(self.node.status('/Snh_NoSuchReq'), 404)


class NoSpeaker:
    """Stands in the recorded state where its BGP speaker stands: a daemon that has no BGP sessions shows the same pages of agents' routes."""
    addr = 'none'

    def update(self, *_, **__):
        pass

    def drop(self):
        pass


@unittest.skipUnless(os.path.exists(SHARED + '/check/introspect.py'), 'no shared checks')
class RecordedShapeTest(unittest.TestCase):
    # Needs only agents' unicast routes.
    PAGES = ['Snh_ShowRouteReq?x=default-domain:demo:blue:blue.inet.0', 'Snh_ShowRouteReq?x=bgp.l3vpn.0', 'Snh_ShowRouteReq?x=nowhere.inet.0',
             'Snh_ShowRouteReq?routing_table=&routing_instance=default-domain:demo:red:red&prefix=',
             'Snh_ShowRouteVrfReq?vrf=default-domain:demo:blue:blue&prefix=10.1.0.1/32', 'Snh_ShowRouteSummaryReq',
             'Snh_ShowRoutingInstanceReq?x=default-domain:demo:blue:blue', 'Snh_ShowRoutingInstanceSummaryReq',
             'Snh_ShowNeighborStatisticsReq?bgp_or_xmpp=xmpp&up_or_down=up&domain=', 'Snh_ShowXmppServerReq', 'Snh_ShowXmppConnectionReq',
             'Snh_ClearXmppConnectionReq?x=all', 'Snh_SandeshUVECacheReq?x=NodeStatus', 'Snh_CpuLoadInfoReq']

    def test_shapes(self):
        sys.path.insert(0, SHARED + '/check')
        sys.modules.pop('agent')  # the checks have one of that name
        import introspect

        async def speaker(*_, **__):
            return NoSpeaker()
        introspect.S.Run.speaker = speaker
        introspect.S.rtc = lambda _: None
        seen = introspect.pages(shlex.quote(PROGRAM) + ' --DEFAULT.hostname local --DEFAULT.hostip 127.0.0.1 --DEFAULT.xmpp_server_port {port}'
                                ' --DEFAULT.bgp_port {bgp} --DEFAULT.http_server_port {http} --CONFIGDB.config_file {rows}')
        for request in self.PAGES:
            with self.subTest(request):
                good, bad = introspect.compare({request: seen[request]}, SHARED + '/recorded/introspect')
                self.assertEqual((good, bad), (1, []))


if __name__ == '__main__':
    unittest.main(verbosity=1, warnings='ignore')  # the shared checks leave files open
