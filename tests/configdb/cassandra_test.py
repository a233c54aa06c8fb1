#!/usr/bin/env python3
"""Our reader against a real Cassandra that the public Python driver writes to.

Needs the packages of requirements.txt; ./test configdb makes an environment that has them.
"""
import json
import os
import random
import socket
import ssl
import subprocess
import sys
import tempfile
import unittest
import uuid

from cassandra.auth import PlainTextAuthProvider
from cassandra.cluster import Cluster
from cassandra.concurrent import execute_concurrent_with_args

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from cassandra_node import Node, Reader, as_rows  # noqa: E402

PORT = int(os.environ.get('CQL_TEST_PORT', 29142))
WANTED = ('fq_name', 'parent', 'prop', 'ref:', 'type')
COMPACT = 'WITH COMPACT STORAGE AND CLUSTERING ORDER BY (column1 ASC)'


class Database:
    """A configuration database, made and written as an API server does."""

    def __init__(self, session, keyspace, types=('blob', 'blob'), how=COMPACT):
        self.s, self.keyspace, self.types, self.how = session, keyspace, types, how
        session.execute(f'DROP KEYSPACE IF EXISTS "{keyspace}"')
        session.execute(f'CREATE KEYSPACE "{keyspace}" WITH replication = {{\'class\':\'SimpleStrategy\',\'replication_factor\':\'1\'}}')
        for table in ('obj_uuid_table', 'obj_fq_name_table'):
            self.create(table)

    def create(self, table):
        self.s.execute(f'CREATE TABLE "{self.keyspace}".{table} (key {self.types[0]}, column1 {self.types[1]}, value text, '
                       f'PRIMARY KEY (key, column1)) {self.how}')

    def _key(self, words):
        return tuple(w.encode() if t == 'blob' else w for w, t in zip(words, self.types))

    def write(self, rows, table='obj_uuid_table'):
        """rows: {key: {column: value}}"""
        put = self.s.prepare(f'INSERT INTO "{self.keyspace}".{table} (key, column1, value) VALUES (?, ?, ?)')
        all_ = [self._key((k, c)) + (v,) for k, row in rows.items() for c, v in row.items()]
        for ok, result in execute_concurrent_with_args(self.s, put, all_, concurrency=50):
            assert ok, result

    def written(self):
        """{key: {column: (value, written)}}, of the columns that a node reads."""
        rows = {}
        for k, c, v, t in self.s.execute(f'SELECT key, column1, value, WRITETIME(value) FROM "{self.keyspace}".obj_uuid_table'):
            k, c = (x.decode() if isinstance(x, bytes) else x for x in (k, c))
            if c.startswith(WANTED) and c != 'prop:perms2':
                rows.setdefault(k, {})[c] = (as_said(v or ''), t or 0)
        return rows


def as_said(value):
    """As cql_reader says a value."""
    size = len(value.encode())
    return f'#{size}' if size > 256 else value


def some_rows(count, seed, size=200):
    pick = random.Random(seed)
    rows = {}
    for i in range(count):
        key = str(uuid.UUID(int=pick.getrandbits(128)))
        row = {'type': '"virtual_network"', 'fq_name': json.dumps(['default-domain', 'n\u00e9t', str(i)]), 'META:latest_col_ts': 'null',
               'backref:x:' + key: 'null', 'children:x:' + key: 'null', 'prop:perms2': '{}'}
        for p in range(pick.randrange(8)):
            row[f'prop:p{p}'] = json.dumps('\u00e4' + 'x' * pick.randrange(size))
        rows[key] = row
    return rows


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class ReaderTest(unittest.TestCase):
    """What both classes need: a node, a session of the public driver, readers that end well."""

    node_options = ()

    @classmethod
    def setUpClass(cls):
        cls.node = Node(PORT, *cls.node_options)
        cls.addClassCleanup(cls.node.clear)
        cls.connect()

    @classmethod
    def connect(cls, **options):
        cls.cluster = Cluster(['127.0.0.1'], port=PORT, protocol_version=4, connect_timeout=60, control_connection_timeout=60, **options)
        cls.addClassCleanup(cls.cluster.shutdown)
        cls.session = cls.cluster.connect()
        cls.session.default_timeout = 60

    def reader(self, *arguments, servers=None):
        reader = Reader(*arguments, *(servers or [f'127.0.0.1:{PORT}']))
        self.addCleanup(lambda: self.assertEqual(reader.end(), 0))
        return reader

    def same(self, rows, database):
        self.assertEqual({k: row for k, (row, cut) in rows.items() if row}, database.written())
        self.assertFalse([k for k, (row, cut) in rows.items() if cut])


class CassandraTest(ReaderTest):
    def test_rows_of_every_way_to_make_the_tables(self):
        for keyspace, types, how in (('config_db_uuid', ('blob', 'blob'), COMPACT), ('plain', ('blob', 'blob'), ''), ('texts', ('text', 'text'), ''),
                                     ('mixed', ('text', 'blob'), COMPACT), ('Cluster1_config_db_uuid', ('blob', 'blob'), '')):
            with self.subTest(keyspace):
                database = Database(self.session, keyspace, types, how)
                database.write(some_rows(100, 1))
                reader = self.reader('--keyspace', keyspace)
                self.same(reader.rows('rows'), database)
                # Written once more, deleted, and deleted but for one column.
                keys = sorted(database.written())
                database.write({keys[0]: {'prop:new': '1', 'type': '"project"'}})
                for key in keys[1:3]:
                    self.session.execute(f'DELETE FROM "{keyspace}".obj_uuid_table WHERE key = %s', database._key((key,)))
                database.write({keys[2]: {'prop:left': '1'}})
                self.same(reader.rows('rows'), database)

    def test_odd_values(self):
        database = Database(self.session, 'config_db_uuid', how='')
        database.write({'k': {'type': '', 'prop:null': None, 'prop:\u00fc': '\u20ac\U0001f600', 'prop:nul': 'a\0b', 'ref:': 'x'}, '\u00e9': {'type': '1'}})
        self.same(self.reader().rows('rows'), database)

    def test_pages_of_any_size(self):
        database = Database(self.session, 'config_db_uuid')
        database.write(some_rows(200, 2))
        for page in (1, 2, 7, 100):
            with self.subTest(page):
                self.same(self.reader('--page', page).rows('rows'), database)

    def test_every_column(self):
        database = Database(self.session, 'config_db_uuid')
        rows = some_rows(50, 3)
        database.write(rows)
        found = self.reader('--every-column').rows('rows')
        self.assertEqual({k: {c: v for c, (v, _) in row.items()} for k, (row, _) in found.items()}, rows)

    def test_write_times_and_names_and_keys(self):
        database = Database(self.session, 'config_db_uuid')
        rows = some_rows(100, 4)
        database.write(rows)
        names = {f'type_{t}': {f'default-domain:n\u00e9t:{n}:{uuid.UUID(int=n)}': 'null' for n in range(t * 10)} for t in range(20)}
        database.write(names, 'obj_fq_name_table')
        reader = self.reader('--page', 50)
        times = reader.rows('times')
        self.assertEqual({k: {c: ('', t) for c, (_, t) in row.items()} for k, row in database.written().items()}, {k: r for k, (r, _) in times.items()})
        found = reader.read('names')
        self.assertEqual(sorted(found), sorted((t, n) for t, all_ in names.items() for n in all_))
        some = sorted(rows)[:40]
        by_key = reader.rows('keys', *some, 'absent')
        self.assertEqual(by_key.pop('absent'), ({}, False))
        self.assertEqual({k: row for k, (row, _) in by_key.items()}, {k: database.written()[k] for k in some})
        self.assertEqual(reader.rows('keys'), {})

    def test_large_rows_are_cut_and_memory_is_bounded(self):
        database = Database(self.session, 'config_db_uuid')
        small = some_rows(300, 5)
        database.write(small)
        database.write({'value': {'type': '"a"', 'prop:large': 'x' * (10 << 20)}, 'bytes': {'type': '"b"'}, 'columns': {'type': '"c"', 'fq_name': '["c"]'}})
        for i in range(12):
            database.write({'bytes': {f'prop:{i:02}': 'y' * (7 << 20)}})
        insert = f'INSERT INTO config_db_uuid.obj_uuid_table (key, column1, value) VALUES (0x{b"columns".hex()}, 0x%s, \'1\');'
        for start in range(0, 70000, 1000):
            self.session.execute('BEGIN UNLOGGED BATCH ' + ''.join(insert % f'prop:{n:05}'.encode().hex() for n in range(start, start + 1000)) +
                                 ' APPLY BATCH')
        reader = self.reader()
        rows = reader.rows('rows')
        self.assertEqual(set(rows), set(small) | {'value', 'bytes', 'columns'})
        self.assertEqual({c: v for c, (v, _) in rows['value'][0].items()}, {'prop:large': f'#{10 << 20}', 'type': '"a"'})
        self.assertTrue(rows['bytes'][1])
        self.assertEqual(list(rows['bytes'][0])[-1], 'type')
        self.assertLess(sum(int(v[1:]) for v, _ in rows['bytes'][0].values() if v.startswith('#')), 65 << 20)
        self.assertTrue(rows['columns'][1])
        self.assertEqual(len(rows['columns'][0]), 65536 + 1)
        self.assertEqual([k for k, (_, cut) in rows.items() if cut and k in small], [])
        # A row as large as it may be, the copy of it and what a sanitizer adds.
        self.assertLess(reader.peak_memory(), 350)

    def test_a_table_that_is_made_anew_is_prepared_again(self):
        database = Database(self.session, 'config_db_uuid')
        database.write(some_rows(50, 6))
        reader = self.reader()
        self.same(reader.rows('rows'), database)
        self.session.execute('DROP TABLE config_db_uuid.obj_uuid_table')
        database.create('obj_uuid_table')
        database.write(some_rows(50, 7))
        self.same(reader.rows('rows'), database)
        # Added columns too make a node forget what was prepared.
        plain = Database(self.session, 'plain', how='')
        plain.write(some_rows(50, 8))
        other = self.reader('--keyspace', 'plain')
        self.same(other.rows('rows'), plain)
        self.session.execute('ALTER TABLE plain.obj_uuid_table ADD more text')
        self.same(other.rows('rows'), plain)
        self.assertEqual(reader.state()[2]['links'], '1')

    def test_a_keyspace_that_is_not_there_is_waited_for(self):
        self.session.execute('DROP KEYSPACE IF EXISTS late')
        reader = self.reader('--keyspace', 'late')
        reader.tell('rows')
        _, server, fields = reader.until(lambda phase, server, fields: 'late' in fields['error'])
        self.assertIn('does not exist', fields['error'])
        self.assertEqual(server, f'127.0.0.1:{PORT}')
        database = Database(self.session, 'late')
        # Made, and empty or not by the time that it is asked again.
        self.assertLessEqual(set(as_rows(reader.rest())), set())
        database.write(some_rows(20, 9))
        self.same(reader.rows('rows'), database)

    def test_a_cancelled_reading_says_nothing_more(self):
        database = Database(self.session, 'config_db_uuid')
        database.write(some_rows(200, 10))
        reader = self.reader('--page', 10)
        reader.tell('rows')
        reader.line()
        reader.tell('cancel')
        while reader.line() != 'done':
            pass
        self.same(reader.rows('rows'), database)

    def test_contact_points_that_are_dead_or_silent(self):
        database = Database(self.session, 'config_db_uuid')
        database.write(some_rows(20, 11))
        reader = self.reader(servers=[f'127.0.0.1:{free_port()}', f'127.0.0.1:{PORT}'])
        self.same(reader.rows('rows'), database)
        phase, server, fields = reader.state()
        self.assertEqual((phase, server), ('ready', f'127.0.0.1:{PORT}'))
        self.assertIn('refused', fields['error'])
        with socket.create_server(('127.0.0.1', 0)) as silent:
            reader = self.reader(servers=[f'127.0.0.1:{silent.getsockname()[1]}', f'localhost:{PORT}'])
            self.same(reader.rows('rows'), database)
            self.assertIn('no answer', reader.state()[2]['error'])

    def test_killed_and_restarted_while_it_is_read(self):
        database = Database(self.session, 'config_db_uuid')
        database.write(some_rows(1500, 12, size=200))
        database.write({f'type_{t}': {f'n{n:04}' + 'x' * 100: 'null' for n in range(300)} for t in range(10)}, 'obj_fq_name_table')
        expected = database.written()
        reader, names = self.reader('--page', 40), self.reader('--page', 40)
        reader.tell('rows')
        names.tell('names')
        begun = [reader.line() for _ in range(200)]
        begun_names = [names.line() for _ in range(200)]
        # Both are held by their output, which nobody takes.
        self.node.kill()
        self.node.start()
        rows = as_rows(reader.rest(*begun))
        self.assertEqual({k: row for k, (row, _) in rows.items() if row}, expected)
        self.assertEqual(reader.state()[2]['links'], '2')
        found = names.rest(*begun_names)
        self.assertEqual(len(found), 3000)
        self.assertEqual(len(set(found)), 3000)
        # Killed while nothing is read; asked while it is away.
        self.node.kill()
        reader.until(lambda phase, server, fields: phase == 'pausing')
        reader.tell('rows')
        self.node.start()
        self.assertEqual({k: row for k, (row, _) in as_rows(reader.rest()).items() if row}, expected)
        self.connect()


def certificates(directory):
    """A CA, a certificate of it for another name than 127.0.0.1, and a CA that has nothing to do with it."""
    def openssl(*words):
        subprocess.run(['openssl', *words], check=True, cwd=directory, stderr=subprocess.DEVNULL)
    for ca in ('ca', 'other'):
        openssl('req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', ca + '.key', '-out', ca + '.pem', '-days', '2', '-subj', '/CN=' + ca)
    openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'node.key', '-out', 'node.csr', '-subj', '/CN=cassandra.example')
    openssl('x509', '-req', '-in', 'node.csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-out', 'node.pem', '-days', '2')


class SecuredTest(ReaderTest):
    """A node that asks for a password and TLS."""

    @classmethod
    def setUpClass(cls):
        scratch = tempfile.TemporaryDirectory()
        cls.addClassCleanup(scratch.cleanup)
        cls.files = scratch.name
        certificates(cls.files)
        cls.node_options = ('--auth', '--tls-cert', cls.files + '/node.pem', '--tls-key', cls.files + '/node.key')
        super().setUpClass()
        cls.database = Database(cls.session, 'config_db_uuid')
        cls.database.write(some_rows(100, 20))

    @classmethod
    def connect(cls):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        super().connect(auth_provider=PlainTextAuthProvider('cassandra', 'cassandra'), ssl_context=context)

    def secured(self, *more, password='cassandra'):
        return self.reader('--user', 'cassandra', '--password', password, *more)

    def test_reads_with_the_ca_whatever_the_name(self):
        for version, option in (('4', ()), ('3', ('--version3',))):
            reader = self.secured('--tls', '--ca', self.files + '/ca.pem', '--page', 20, *option)
            self.same(reader.rows('rows'), self.database)
            self.assertEqual(reader.state()[2]['version'], version)

    def test_reads_without_a_ca_or_with_one_that_cannot_be_read(self):
        self.same(self.secured('--tls').rows('rows'), self.database)
        self.same(self.secured('--tls', '--ca', self.files + '/nothing.pem').rows('rows'), self.database)

    def test_refuses_the_certificate_of_another_ca(self):
        reader = self.secured('--tls', '--ca', self.files + '/other.pem')
        fields = reader.until(lambda phase, server, fields: fields['error'])[2]
        self.assertIn('certificate verify failed', fields['error'])

    def test_says_what_is_wrong_with_the_password(self):
        fields = self.secured('--tls', password='wrong').until(lambda phase, server, fields: fields['error'])[2]
        self.assertIn('bad credentials', fields['error'])
        fields = self.reader('--tls').until(lambda phase, server, fields: fields['error'])[2]
        self.assertIn('asks for a user', fields['error'])

    def test_says_that_tls_is_missing(self):
        fields = self.secured().until(lambda phase, server, fields: fields['error'])[2]
        self.assertTrue(fields['error'])


if __name__ == '__main__':
    unittest.main(verbosity=2)
