"""The project's own text files, for the checks beside this file."""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Folders of the project that hold C++, and the floor that each stands on: what its files may include besides itself.
FLOORS = {
    'core': (),
    'xmpp': ('core',),
    'bgp': ('core',),
    'configdb': ('core',),
    'ifmap-compat': ('core', 'xmpp', 'bgp', 'configdb'),
    'control': ('core', 'xmpp', 'bgp', 'configdb', 'ifmap-compat'),
    'bench': ('core', 'xmpp', 'bgp', 'configdb', 'ifmap-compat', 'control'),
    'tests': ('core', 'xmpp', 'bgp', 'configdb', 'ifmap-compat', 'control', 'bench'),
}
# Inputs and results of programs, kept as they are, byte for byte.
DATA = ('tests/fuzz/corpus', 'tests/golden', 'bench/results')


def text_files(root=ROOT):
    """Every file but builds, repositories, pictures and data; relative to the root."""
    for path in sorted(root.rglob('*')):
        relative = path.relative_to(root)
        skipped = relative.parts[0] in ('build', '.git') or '__pycache__' in relative.parts
        if path.is_file() and not skipped and not relative.as_posix().startswith(DATA) and path.suffix not in ('.png', '.gz'):
            yield relative


def cpp_files(root=ROOT):
    for folder in FLOORS:
        for path in sorted((root / folder).rglob('*')):
            if path.suffix in ('.hpp', '.cpp'):
                yield path.relative_to(root)
