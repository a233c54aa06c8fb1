#!/usr/bin/env python3
"""Writes config.json beside this file: the demonstration's configuration as rows of the config database, in the form in which
db_json_exim exports them (spec/config.md 2). The same input gives the same bytes.

Four networks of one project, and how routes leak between them:
    web      <-> app         a connection, as a network policy between the two makes it
    app      <-> database    each imports the other's route target
    shared   <-> the others  hub and spoke: two route targets of their own
Web and database never see each other's routes.
"""
import json
import pathlib
import uuid

NODE, AS = 'demo', 64512
MASTER = ['default-domain', 'default-project', 'ip-fabric', '__default__']
NETWORKS = ['web', 'app', 'database', 'shared']
OWN_TARGET = {name: 'target:%d:%d' % (AS, 8000001 + number) for number, name in enumerate(NETWORKS)}
FROM_HUB, TO_HUB = 'target:%d:900' % AS, 'target:%d:901' % AS
WRITTEN = 1767225600000000  # 2026-01-01, in microseconds


class Database:
    def __init__(self):
        self.rows, self.names = {}, {}

    def add(self, kind, name, properties=None, parent=None):
        """One object; returns (kind, uuid), which parent and refer() take."""
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, '/'.join(['signalbox-demo', kind, *name])))
        self.rows[key] = {'type': json.dumps(kind), 'fq_name': json.dumps(name), 'prop:display_name': json.dumps(name[-1]),
                          'prop:id_perms': json.dumps(id_perms(key))}
        self.names.setdefault(kind, {})[':'.join([*name, key])] = 'null'
        for prop, value in (properties or {}).items():
            self.rows[key]['prop:' + prop] = json.dumps(value)
        if parent:
            self.rows[key]['parent_type'] = json.dumps(parent[0].replace('_', '-'))
            self.rows[key]['parent:%s:%s' % parent] = 'null'
            self.rows[parent[1]]['children:%s:%s' % (kind, key)] = 'null'
        return kind, key

    def refer(self, start, end, attribute):
        value = json.dumps({'attr': attribute, 'is_weakref': False})
        back = 'ref' if start[0] == end[0] else 'backref'  # between objects of one type both rows refer
        self.rows[start[1]]['ref:%s:%s' % end] = value
        self.rows[end[1]]['%s:%s:%s' % (back, *start)] = value

    def text(self):
        tables = {'obj_fq_name_table': self.names, 'obj_shared_table': {}, 'obj_uuid_table': self.rows}
        keyspace = ',\n'.join('"%s": {%s}' % (name, table_text(table)) for name, table in tables.items())
        return '{"cassandra": {"config_db_uuid": {\n%s}},\n"zookeeper": "[]"}\n' % keyspace


def table_text(table):
    """One row per line, so that messages about a row name its line."""
    lines = ['%s: %s' % (json.dumps(key), json.dumps([[column, value, WRITTEN] for column, value in sorted(row.items())]))
             for key, row in table.items()]
    return ('\n' + ',\n'.join(lines)) if lines else ''


def id_perms(key):
    number = uuid.UUID(key).int
    permissions = {'owner': 'admin', 'owner_access': 7, 'group': 'admin', 'group_access': 7, 'other_access': 7}
    time = '2026-01-01T00:00:00.000000'
    return {'enable': True, 'uuid': {'uuid_mslong': number >> 64, 'uuid_lslong': number & (2 ** 64 - 1)}, 'created': time, 'last_modified': time,
            'user_visible': True, 'description': None, 'creator': None, 'permissions': permissions}


def infrastructure(db):
    """The project's domain, the default instance, and this node's router. Returns the project."""
    db.add('global_system_config', ['default-global-system-config'],
           {'autonomous_system': AS, 'enable_4byte_as': False, 'ibgp_auto_mesh': True})
    domain = db.add('domain', ['default-domain'])
    default = db.add('project', ['default-domain', 'default-project'], parent=domain)
    fabric = db.add('virtual_network', MASTER[:3], {'virtual_network_network_id': 1}, default)
    master = db.add('routing_instance', MASTER, {'routing_instance_is_default': False}, fabric)
    db.add('bgp_router', [*MASTER, NODE], {'bgp_router_parameters': {
        'admin_down': False, 'vendor': 'signalbox', 'autonomous_system': AS, 'identifier': '127.0.0.1', 'address': '127.0.0.1', 'port': 179,
        'hold_time': 90, 'router_type': 'control-node', 'address_families': {'family': ['inet-vpn', 'inet6-vpn', 'e-vpn', 'erm-vpn', 'route-target']},
        'auth_data': None, 'local_autonomous_system': None, 'cluster_id': None}}, master)
    return db.add('project', ['default-domain', 'demo'], parent=domain)


def main():
    db = Database()
    project = infrastructure(db)
    targets = {name: db.add('route_target', [name]) for name in [*OWN_TARGET.values(), FROM_HUB, TO_HUB]}
    instances = {}
    for number, name in enumerate(NETWORKS):
        full = ['default-domain', 'demo', name]
        network = db.add('virtual_network', full, {'virtual_network_network_id': 5 + number, 'virtual_network_properties': {
            'allow_transit': False, 'forwarding_mode': 'l2_l3', 'rpf': 'enable', 'vxlan_network_identifier': None}}, project)
        instances[name] = db.add('routing_instance', [*full, name], {'routing_instance_is_default': True}, network)
        db.refer(instances[name], targets[OWN_TARGET[name]], {'import_export': None})
    db.refer(instances['web'], instances['app'], {'destination_instance': None})
    for one, other in (('app', 'database'), ('database', 'app')):
        db.refer(instances[one], targets[OWN_TARGET[other]], {'import_export': 'import'})
    for name in NETWORKS:
        to, of = (FROM_HUB, TO_HUB) if name == 'shared' else (TO_HUB, FROM_HUB)
        db.refer(instances[name], targets[to], {'import_export': 'export'})
        db.refer(instances[name], targets[of], {'import_export': 'import'})
    pathlib.Path(__file__).with_name('config.json').write_text(db.text())


if __name__ == '__main__':
    main()
