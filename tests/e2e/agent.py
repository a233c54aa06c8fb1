"""A vRouter agent for end-to-end tests: speaks XMPP over a blocking socket, keeps what it was told."""
import re
import select
import socket
import ssl
import time
import xml.etree.ElementTree as ET

NODE = 'network-control@contrailsystems.com'
STREAM_OPEN = ('<stream:stream from="%s" to="' + NODE + '" version="1.0" xml:lang="en" xmlns="%s" '
               'xmlns:stream="http://etherx.jabber.org/streams" >')
STANZA_END = re.compile(rb'</(?:iq|message)\s*>')
FILLER = b' \n\r\t\xc8\x80'


class Agent:
    def __init__(self, name, address, port, subcluster=''):
        self.name, self.address = name, address
        self.tables, self.unread, self.keepalives, self.closed = {}, b'', 0, False
        self.socket = socket.socket()
        self.socket.bind((address, 0))
        self.socket.settimeout(10)
        self.socket.connect(('127.0.0.1', port))
        self._open(subcluster)

    def _open(self, subcluster):
        self.send(STREAM_OPEN % (self.name, subcluster))

    def established(self):
        """Waits for the stream reply; True when the node answered, False when it closed."""
        if not self.wait(lambda: b'etherx.jabber.org/streams' in self.unread or self.closed) or self.closed:
            return False
        self.unread = self.unread.partition(b'etherx.jabber.org/streams')[2].partition(b'>')[2]
        self.send(b'\xc8\x80')
        return True

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def iq(self, body):
        self.send('<iq type="set" from="%s" to="%s/bgp-peer" id="x"><pubsub xmlns="http://jabber.org/protocol/pubsub">%s</pubsub></iq>\n'
                  % (self.name, NODE, body))

    def subscribe(self, instance, number=1):
        self.iq('<subscribe node="%s"><options><instance-id>%d</instance-id></options></subscribe>' % (instance, number))

    def unsubscribe(self, instance):
        self.iq('<unsubscribe node="%s"><options><instance-id>1</instance-id></options></unsubscribe>' % instance)

    def route(self, instance, prefix, label=20, withdraw=False, next_hop=None, encaps=('gre',)):
        node = '1/1/%s/%s' % (instance, prefix)
        self.iq('<publish node="%s"><item><entry><nlri><af>1</af><safi>1</safi><address>%s</address></nlri><next-hops><next-hop><af>1</af>'
                '<address>%s</address><label>%d</label><tunnel-encapsulation-list>%s</tunnel-encapsulation-list></next-hop></next-hops>'
                '<local-preference>100</local-preference></entry></item></publish>'
                % (node, prefix, next_hop or self.address, label, ''.join('<tunnel-encapsulation>%s</tunnel-encapsulation>' % e for e in encaps)))
        self.iq('<collection node="%s"><%s node="%s" /></collection>' % (instance, 'dissociate' if withdraw else 'associate', node))

    # ---- what comes back

    def wait(self, condition, seconds=60):
        """Reads until the condition holds; False when it does not in time."""
        end = time.monotonic() + seconds
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                return False
            if self.closed:
                return bool(condition())
            if self._has_input(left):
                self._read()
        return True

    def take_what_is_there(self):
        while not self.closed and self._has_input(0):
            self._read()

    def _has_input(self, seconds):
        return bool(select.select([self.socket], [], [], seconds)[0])

    def _read(self):
        try:
            data = self.socket.recv(1 << 18)
        except ConnectionError:
            data = b''
        if not data:
            self.closed = True
            return
        self.unread += data
        if b'<stream:stream' in self.unread:
            return
        while True:
            rest = self.unread.lstrip(FILLER)
            self.keepalives += self.unread[:len(self.unread) - len(rest)].count(b'\xc8\x80')
            self.unread = rest
            end = STANZA_END.search(rest)
            if not end:
                return
            self.unread = rest[end.end():]
            self._stanza(rest[:end.end()])

    def _stanza(self, raw):
        message = ET.fromstring(raw)
        assert message.get('to') == self.name + '/bgp-peer', message.get('to')
        for items in message.iter('{http://jabber.org/protocol/pubsub}items'):
            table = self.tables.setdefault(items.get('node'), {})
            for child in items:
                tag = child.tag.split('}')[-1]
                if tag == 'retract':
                    table.pop(child.get('id'), None)
                else:
                    table[child.get('id')] = child

    def labels(self, instance, family='1/1'):
        """prefix -> set of labels."""
        table = self.tables.get('%s/%s' % (family, instance), {})
        return {prefix: {e.text for e in item.iter('{http://jabber.org/protocol/pubsub}label')} for prefix, item in table.items()}

    def networks(self, instance, prefix):
        item = self.tables['1/1/' + instance][prefix]
        return {e.text for h in item.iter('{http://jabber.org/protocol/pubsub}next-hop') for e in h.iter('{http://jabber.org/protocol/pubsub}virtual-network')}

    def drop(self):
        self.socket.close()
        self.closed = True


class TlsAgent(Agent):
    """The same over TLS: asked for inside the stream, or from the first byte."""

    def __init__(self, name, address, port, context, from_first_byte=False):
        self.context, self.from_first_byte = context, from_first_byte
        super().__init__(name, address, port)

    def _open(self, subcluster):
        if not self.from_first_byte:
            super()._open(subcluster)
            if not self.wait(lambda: b'</stream:features>' in self.unread):
                return
            self.unread = b''
            self.send('<starttls xmlns="urn:ietf:params:xml:ns:xmpp-tls" />')
            if not self.wait(lambda: b'<proceed' in self.unread and b'/>' in self.unread):
                return
            self.unread = b''
        self.socket = self.context.wrap_socket(self.socket)
        super()._open(subcluster)

    def certificate(self):
        return self.socket.getpeercert(binary_form=True)

    def _has_input(self, seconds):
        pending = isinstance(self.socket, ssl.SSLSocket) and self.socket.pending()
        return bool(pending) or super()._has_input(seconds)
