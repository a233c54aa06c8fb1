"""Runs a case: a node on free loopback ports, configured for exactly what agentsim will do, and agentsim against it."""
import json, os, shlex, signal, socket, statistics, subprocess, sys, tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NODE = ('{root}/build/release/signalbox --DEFAULT.hostname local --DEFAULT.hostip 127.0.0.1 --DEFAULT.xmpp_server_port {port} '
        '--DEFAULT.bgp_port {bgp} --DEFAULT.http_server_port {http} --CONFIGDB.config_file {rows}')
AGENTSIM = ROOT / 'build/release/agentsim'
RESULTS = ROOT / 'bench/results'


class Failed(Exception):
    """A run that did not end as it must; says why."""


def end_in_order():
    """Has SIGTERM end this program like Ctrl-C does, so that node and agents do not outlive it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def free_ports(count):
    """Ports that nobody listens on; held together, so that they differ."""
    held = [socket.socket() for _ in range(count)]
    try:
        for s in held:
            s.bind(('127.0.0.1', 0))
        return [s.getsockname()[1] for s in held]
    finally:
        for s in held:
            s.close()


def stop(node):
    """-> why the node did not end well, or nothing."""
    if node.poll() is not None:
        return 'the node ended by itself, status %d' % node.returncode
    node.send_signal(signal.SIGTERM)
    try:
        status = node.wait(30)
    except subprocess.TimeoutExpired:
        node.kill()
        node.wait()
        return 'the node did not end within 30 s of SIGTERM'
    return None if status in (0, -signal.SIGTERM) else 'the node ended with status %d' % status


def run_once(case, options):
    """-> agentsim's report."""
    port, bgp, http = free_ports(3)
    with tempfile.TemporaryDirectory(prefix='signalbox-case-') as scratch:
        rows, report, log = scratch + '/rows.json', scratch + '/report.json', scratch + '/node.log'
        cast = shlex.split(case.cast)
        agentsim = os.path.relpath(options.agentsim, ROOT) if options.agentsim.is_relative_to(ROOT) else str(options.agentsim)
        subprocess.run([agentsim, '--write-config', rows] + cast, check=True, cwd=ROOT)
        command = shlex.split(options.node.format(root=ROOT, port=port, bgp=bgp, http=http, rows=rows)) + shlex.split(options.node_options)
        with open(log, 'w') as out:
            node = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT, cwd=scratch)
        try:
            sim = [agentsim, '--port', str(port), '--pid', str(node.pid), '--json', report]
            if '{http}' in options.node:
                sim += ['--http-port', str(http)]
            sim += cast + shlex.split(case.scenario) + ([] if options.progress else ['--quiet'])
            done = subprocess.run(sim, cwd=ROOT, stdout=None if options.verbose or options.progress else subprocess.PIPE, text=True)
        finally:
            complaint = stop(node)
        if done.returncode or complaint:
            raise Failed('%s: agentsim ended with status %d\n%s%s\nend of the node\'s log:\n%s' % (
                case.name, done.returncode, done.stdout or '', complaint or '', Path(log).read_text()[-4000:]))
        return json.loads(Path(report).read_text())


def run_case(case, options):
    """Runs it `options.runs` times and writes results/<case>.json; the figures are medians."""
    reports = [run_once(case, options) for _ in range(options.runs)]
    figures = {}
    for f in case.figures:
        values = [f.read(r) for r in reports]
        figures[f.name] = {'unit': f.unit, 'median': statistics.median(values), 'runs': values, 'target': f.target, 'incumbent': f.incumbent}
    result = {'case': case.name, 'title': case.title, 'command': 'bench/cases/run_case %s --runs %d' % (case.name, options.runs),
              'agentsim': 'agentsim %s %s' % (case.cast, case.scenario), 'node': (options.node.replace('{root}/', '') + ' ' + options.node_options).strip(),
              'load_average': os.getloadavg()[0], 'figures': figures, 'runs': reports}
    options.results.mkdir(parents=True, exist_ok=True)
    (options.results / (case.name + '.json')).write_text(json.dumps(result, indent=1) + '\n')
    return result


def add_options(parser):
    parser.add_argument('--runs', type=int, default=3, help='runs of each case; their median counts (default 3)')
    parser.add_argument('--node', default=NODE, help='command that starts a node; {root} {port} {bgp} {http} {rows} are filled in')
    parser.add_argument('--node-options', default='', help='more options for the node')
    parser.add_argument('--agentsim', type=lambda p: Path(p).resolve(), default=AGENTSIM)
    parser.add_argument('--results', type=Path, default=RESULTS, help='where <case>.json goes (default bench/results)')
    parser.add_argument('--verbose', action='store_true', help="show agentsim's summaries")
    parser.add_argument('--progress', action='store_true', help='and its progress line')


def number(x):
    if x is None:
        return '-'
    return '%.0f' % x if abs(x) >= 100 else '%.3g' % x


def markdown(cases, results, roofline):
    """The table: what the incumbent needed, what is wanted, what was measured, and the floor of this machine."""
    lines = ['| case | figure | incumbent | reach | measured | reached | machine\'s floor |', '| --- | --- | --- | --- | --- | --- | --- |']
    for case in cases:
        result = results.get(case.name)
        for k, f in enumerate(case.figures):
            measured = result['figures'][f.name]['median'] if result else None
            floor = f.floor(result['runs'][0], roofline) if result and f.floor and roofline else None
            reached = '' if f.target is None or measured is None else 'yes' if measured <= f.target else 'no, x%.1f' % (measured / f.target)
            lines.append('| %s | %s | %s | %s | %s | %s | %s |' % (
                case.title if k == 0 else '', f.name + (', ' + f.unit if f.unit else ''), number(f.incumbent), number(f.target), number(measured), reached, number(floor)))
    return '\n'.join(lines) + '\n'
