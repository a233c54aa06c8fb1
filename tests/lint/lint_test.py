#!/usr/bin/env python3
"""The source checks find what they are for, and nothing else."""
import pathlib
import tempfile
import unittest

import includes
import text


class Tree(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = pathlib.Path(holder.name)
        self.write('core/net.hpp', '#pragma once\n')

    def write(self, path, content):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)


class Includes(Tree):
    def lines(self):
        return list(includes.breaches(self.root))

    def test_down_is_allowed(self):
        self.write('xmpp/a.cpp', '#include "core/net.hpp"\n#include <vector>\n')
        self.write('control/a.hpp', '#pragma once\n#include "xmpp/b.hpp"\n')
        self.write('xmpp/b.hpp', '#pragma once\n')
        self.assertEqual([], self.lines())

    def test_up_is_not(self):
        self.write('control/a.hpp', '#pragma once\n')
        self.write('bgp/a.cpp', '\n  # include "control/a.hpp"\n')
        self.assertEqual(['bgp/a.cpp:2: bgp must not include "control/a.hpp" (allowed: bgp, core)'], self.lines())

    def test_beside_is_not(self):
        self.write('xmpp/a.hpp', '#pragma once\n')
        self.write('bgp/rib/a.cpp', '#include "xmpp/a.hpp"\n')
        self.assertEqual(1, len(self.lines()))

    def test_names_start_at_the_root(self):
        self.write('core/a.cpp', '#include "net.hpp"\n')
        self.assertEqual(['core/a.cpp:1: "net.hpp" is no file named from the root of the repository'], self.lines())

    def test_headers_guard_themselves(self):
        self.write('core/a.hpp', '// #pragma once\n')
        self.assertEqual(['core/a.hpp:1: no #pragma once'], self.lines())


class Text(Tree):
    def lines(self):
        return list(text.breaches(self.root))

    def test_clean(self):
        self.write('core/a.cpp', 'int a;\n')
        self.write('build/dev/a.txt', 'a \n')
        self.write('tests/fuzz/corpus/ini/x', 'a \n')
        self.assertEqual([], self.lines())

    def test_each_rule(self):
        for line in ('int a; ', '\tint a;', '<<<<<<< mine', '// TODO: more', '// see /home/x/y', 'sleep_for(1s);', 'using namespace std;'):
            self.write('core/a.cpp', 'int a;\n' + line + '\n')
            self.assertRegex('\n'.join(self.lines()), '^core/a.cpp:2: ', line)

    def test_last_line(self):
        self.write('core/a.cpp', 'int a;')
        self.assertEqual(['core/a.cpp:1: the last line does not end'], self.lines())

    def test_long_files_need_a_reason(self):
        self.write('core/a.cpp', 'int a;\n' * 801)
        self.assertEqual(1, len(self.lines()))
        self.write('tests/lint/long_files.txt', 'core/a.cpp:\n')
        self.assertEqual(1, len(self.lines()))
        self.write('tests/lint/long_files.txt', 'core/a.cpp: a table of all numbers\n')
        self.assertEqual([], self.lines())


if __name__ == '__main__':
    unittest.main()
