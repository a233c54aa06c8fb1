"""The cases of the numbers table: what agentsim is asked to do, which figures of its report count, what the incumbent needed, what
we want to reach, and the least that this machine's rooflines (bench/roofline) allow."""
from dataclasses import dataclass, field
from typing import Callable, List, Optional


def phase(report, name):
    return next(p for p in report['phases'] if p['name'] == name)


def delivery_floor(p, roof):
    """CPU seconds per million delivered: reading and storing what is published, and one copy of each item's bytes per receiver."""
    sent = p['bytes_per_delivered'] * roof['send_256k_s_per_gb'] / 1e3
    read = p['published'] / (p['items'] + p['retracts']) * (roof['extract_route_us'] + roof['flat_map_insert_ns'] / 1e3)
    return sent + read


@dataclass
class Figure:
    name: str
    unit: str
    read: Callable                       # report -> number
    target: Optional[float] = None       # at most
    incumbent: Optional[float] = None
    floor: Optional[Callable] = None     # (report, roofline) -> number


@dataclass
class Case:
    name: str
    title: str
    cast: str                            # options that also shape the configuration
    scenario: str = ''
    figures: List[Figure] = field(default_factory=list)


def cpu_per_million(target, incumbent):
    return Figure('CPU per million delivered', 's', lambda r: phase(r, 'publish')['node']['cpu_s_per_million_delivered'], target, incumbent,
                  lambda r, roof: delivery_floor(phase(r, 'publish'), roof))


def peak(target, incumbent, name='publish'):
    return Figure('memory, peak', 'MB', lambda r: phase(r, name)['node']['rss_peak_kb'] / 1024, target, incumbent)


CASES = [
    Case('connect_1000', '1,000 agents connect and subscribe to one instance', '--agents 1000 --publishers 0', '', [
        Figure('CPU', 's', lambda r: phase(r, 'connect')['node']['cpu_s'], 0.06, 1.04, lambda r, roof: 1000 * roof['send_700b_1000_us'] / 1e6),
        Figure('memory per idle agent', 'KB', lambda r: phase(r, 'connect')['rss_kb_per_agent'], 16, None),
        peak(None, 127, 'connect')]),
    Case('publish_1_to_100', '1 agent publishes 10,000 routes to 100 agents', '--agents 100 --publishers 1 --routes 10000', '',
         [cpu_per_million(0.40, 5.3), peak(None, 205)]),
    Case('mesh_100x100', '100 agents publish 100 each to each other', '--agents 100 --routes 100', '', [cpu_per_million(0.35, 3.3), peak(None, 210)]),
    Case('mesh_500x20', '500 agents x 20 routes, one instance', '--agents 500 --routes 20', '', [cpu_per_million(0.35, 3.6), peak(80, 540)]),
    Case('spread_500', '500 agents, 100 instances, 2 each, 50,000 routes', '--agents 500 --instances 100 --instances-per-agent 2 --routes 100 --placement random', '',
         [cpu_per_million(0.8, 12.8), peak(60, 535)]),
    Case('half_die', 'half of 100 agents die', '--agents 100 --routes 102', '--kill-half', [
        Figure('CPU', 's', lambda r: phase(r, 'kill-half')['node']['cpu_s'], 0.025, 0.25,
               lambda r, roof: phase(r, 'kill-half')['bytes'] * roof['send_256k_s_per_gb'] / 1e9 + 50 * 102 * roof['flat_map_find_ns'] / 1e9),
        Figure('retracts', '', lambda r: phase(r, 'kill-half')['retracts'])]),
    Case('intake', 'intake of one published route, echoed to its publisher', '--agents 1 --routes 50000', '', [
        Figure('CPU per route', 'us', lambda r: phase(r, 'publish')['node']['cpu_us_per_published'], 2.5, 65,
               lambda r, roof: delivery_floor(phase(r, 'publish'), roof))]),
    Case('change_to_1', 'one change to 1 agent, idle', '--agents 2 --publishers 1 --routes 100', '--latency-probes 500', [
        Figure('p50', 'us', lambda r: phase(r, 'latency')['first_seen']['p50_us'], 60, 560, lambda r, roof: roof['relay_us']),
        Figure('p99', 'us', lambda r: phase(r, 'latency')['first_seen']['p99_us'])]),
    Case('change_to_1000', 'one change to the last of 1,000 agents, idle', '--agents 1001 --publishers 1 --routes 100', '--latency-probes 200', [
        Figure('p50', 'us', lambda r: phase(r, 'latency')['last_seen']['p50_us'], 5000, 10100, lambda r, roof: 1000 * roof['send_700b_1000_us']),
        Figure('p99', 'us', lambda r: phase(r, 'latency')['last_seen']['p99_us'])]),
    Case('million', '1M routes in 1,000 instances', '--agents 100 --instances 1000 --instances-per-agent 10 --routes 10000', '', [
        Figure('memory per route', 'bytes', lambda r: phase(r, 'publish')['rss_bytes_per_route'], 350, None),
        peak(None, None)]),
]
