#!/usr/bin/env python3
"""Do the tests notice? Break the core and the store on purpose, one random place at a time.

A mutant is one change picked by a seed: an operator, a constant, a dropped statement, a condition
held true or false. It is compiled in a copy of the sources and given to the unit tests of its
layer, its own module's test first, and to the scenarios; the first that fails kills it. Assertions, comments, strings
and declarations are left alone; what does not compile is not counted.

  tests/tools/mutate.py --seed 1 --count 300               the figures, and every survivor
  tests/tools/mutate.py --again build/mutate/survivors     the survivors once more, after new tests
"""
import argparse
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
LAYERS = ("engine/core", "engine/store")
TEST_SECONDS = 60  # and twenty times what the test takes unchanged: who takes longer loops
# What watches malloc by the linker's --wrap sees nothing of a shared library.
NOT_SHARED = {"engine": ["--filter", "engine/!(memory_that_runs_out*|takes_no_memory*)"]}
SWAPS = [("<=", "<"), (">=", ">"), ("==", "!="), ("!=", "=="), ("&&", "||"), ("||", "&&"),
         (" < ", " <= "), (" > ", " >= "), (" + ", " - "), (" - ", " + "), ("++", "--"), ("--", "++"),
         (" * ", " / "), (" / ", " * "), (" % ", " * "), ("+=", "-="), ("-=", "+="), ("|=", "&="),
         ("&=", "|="), (" & ", " | "), (" | ", " & "), ("<<", ">>"), (">>", "<<"),
         ("true", "false"), ("false", "true")]
DROPPABLE = re.compile(r"^\s+(?:\(void\))?[A-Za-z_][\w\->.\[\]]*\s*(?:\(.*\)|(?:[-+*/|&]?=[^=].*|\+\+|--));$")
DECLARATION = re.compile(r"^\s+(?:const |static |struct |enum |u?int\d+_t |bool |size_t |char |return\b)")


def blank(text):
    """The code with comments, strings and preprocessor lines blanked out, same length."""
    def spaces(match):
        return re.sub(r"[^\n]", " ", match[0])
    text = re.sub(r"/\*.*?\*/|//[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'", spaces, text, flags=re.S)
    text = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", spaces, text, flags=re.M)
    return re.sub(r"\b(?:_Static_)?assert\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\);", spaces, text)


def sites_of(path):
    """Every change that could be made to this file: (offset, length, replacement, what)."""
    code = blank(path.read_text())
    sites = []
    for old, new in SWAPS:
        for match in re.finditer(rf"\b{old}\b" if old.isalpha() else re.escape(old), code):
            before, after = code[match.start() - 1:match.start()], code[match.end():match.end() + 1]
            if old in ("<=", ">=") and before in "<>" or old in ("==", "!=") and before in "<>=!":
                continue
            if old in ("<<", ">>") and after == "=":
                continue
            sites.append((match.start(), len(old), new, f"{old.strip()} -> {new.strip()}"))
    for match in re.finditer(r"(?<![\w.])(\d+)(?=u?\b)", code):
        value = int(match[1])
        for new in {value + 1, 0 if value else 1}:
            sites.append((match.start(), len(match[1]), str(new), f"{value} -> {new}"))
    for match in re.finditer(r"\bif \(((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\) \{", code):
        for held in ("true", "false"):
            sites.append((match.start(1), len(match[1]), f"({match[1]}) || true" if held == "true"
                          else f"({match[1]}) && false", f"condition held {held}"))
    offset = 0
    for line in code.splitlines(keepends=True):
        bare = line.rstrip("\n")
        if DROPPABLE.match(bare) and not DECLARATION.match(bare):
            start = offset + len(bare) - len(bare.lstrip())
            sites.append((start, len(bare.lstrip()), ";", f"dropped: {bare.strip()}"))
        offset += len(line)
    return sites


def unit_tests(layer):
    """Modules that have a unit test, from the layer's own CMakeLists.txt."""
    text = (ROOT / layer / "CMakeLists.txt").read_text()
    names = re.findall(r"add_unit_test\(test_(\w+)", text)
    for modules in re.findall(r"foreach\(module ([^)]*)\)\s*add_unit_test", text):
        names += modules.split()
    return sorted(set(names))


class Mutant:
    def __init__(self, file, line, column, replacement, length, what):
        self.file, self.line, self.column = file, int(line), int(column)
        self.replacement, self.length, self.what = replacement, int(length), what

    def __str__(self):
        return f"{self.file}:{self.line}:{self.column}: {self.what}"

    def row(self):
        return "\t".join(map(str, (self.file, self.line, self.column, self.length, self.replacement, self.what)))


def pick(seed, count, layers):
    """`count` mutants: a layer by its share of sites, so that a long file is picked more often."""
    everything = []
    for layer in layers:
        for path in sorted((ROOT / layer).glob("*.c")):
            text = path.read_text()
            for offset, length, new, what in sites_of(path):
                line = text.count("\n", 0, offset) + 1
                column = offset - (text.rfind("\n", 0, offset) + 1) + 1
                everything.append(Mutant(str(path.relative_to(ROOT)), line, column, new, length, what))
    random.Random(seed).shuffle(everything)
    return everything, len(everything)


def read_again(path):
    for line in pathlib.Path(path).read_text().splitlines():
        file, row, column, length, replacement, what = line.split("\t")
        yield Mutant(file, row, column, replacement, length, what)


class Bench:
    """A copy of the sources with a build of its own: plain, without sanitizers. `shared`: the layers
    under change are shared libraries there, so that a mutant is one file compiled and one link."""

    def __init__(self, place, flags="-O0 -g0", shared=()):
        self.source, self.build = place / "source", place / "build"
        self.scenarios, self.cities = [], []
        self.limits = {}  # seconds, by test
        libraries = [f"add_library({os.path.basename(layer)} STATIC" for layer in shared]
        names = subprocess.run(["git", "ls-files", "CMakeLists.txt", "engine", "geo", "proto", "tests"],
                               cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
        for name in filter(None, names):
            target = self.source / name
            if not (ROOT / name).is_file():
                continue
            wanted = (ROOT / name).read_bytes()
            if name.endswith("CMakeLists.txt"):
                for library in libraries:
                    wanted = wanted.replace(library.encode(), library.replace("STATIC", "SHARED").encode())
            if not (target.exists() and target.read_bytes() == wanted):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(wanted)
                shutil.copymode(ROOT / name, target)
        subprocess.run(["cmake", "-S", self.source, "-B", self.build, "-G", "Ninja",
                        "-DCMAKE_BUILD_TYPE=Debug", "-DCMAKE_C_COMPILER=gcc", f"-DCMAKE_C_FLAGS={flags}",
                        "-DCMAKE_POSITION_INDEPENDENT_CODE=ON", "-DCMAKE_LINK_DEPENDS_NO_SHARED=ON"],
                       check=True, stdout=subprocess.DEVNULL)

    def make(self, target):
        return subprocess.run(["ninja", "-C", self.build, target], capture_output=True).returncode == 0

    def tests_of(self, file):
        layer = os.path.dirname(file)
        stem = pathlib.Path(file).stem
        names = sorted(unit_tests(layer), key=lambda name: (not (stem == name or stem.endswith("_" + name) or
                                                             stem.startswith(name + "_")), ))
        tests = [(f"test_{name}", [self.build / "tests" / f"test_{name}", *NOT_SHARED.get(name, [])])
                 for name in names]
        return tests[:1] + self.scenarios + tests[1:] + self.cities

    def passes(self, target, command):
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=self.source, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True)
        try:
            passed = process.wait(self.limits.get(target)) == 0
            self.limits.setdefault(target, TEST_SECONDS + 20 * (time.monotonic() - began))
            return passed
        except subprocess.TimeoutExpired:
            return False
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def judge(self, mutant):
        """"uncompiled", "survived" or the name of the test that noticed."""
        path = self.source / mutant.file
        text = path.read_text()
        start = 0
        for _ in range(mutant.line - 1):
            start = text.index("\n", start) + 1
        start += mutant.column - 1
        path.write_text(text[:start] + mutant.replacement + text[start + mutant.length:])
        try:
            tests = self.tests_of(mutant.file)
            if not self.make(tests[0][0]):
                return "uncompiled"
            for target, command in tests:
                if not self.make(target):
                    return "uncompiled"
                if not self.passes(target, command):
                    return target
            return "survived"
        finally:
            path.write_text(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--count", type=int, default=300, help="mutants that compile")
    parser.add_argument("--layer", action="append", choices=sorted(LAYERS), help="default: both")
    parser.add_argument("--again", metavar="FILE", help="judge the mutants of this list")
    parser.add_argument("--sim", type=int, default=0, metavar="SEEDS",
                        help="what the tests let pass goes to so many simulated cities")
    parser.add_argument("--place", type=pathlib.Path, default=ROOT / "build" / "mutate")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long, and say so")
    options = parser.parse_args()

    layers = options.layer or sorted(LAYERS)
    began = time.monotonic()
    bench = Bench(options.place, shared=LAYERS)
    bench.scenarios = [("kuaifan-scenarios", [bench.build / "tests" / "kuaifan-scenarios",
                                              bench.source / "tests" / "scenarios"])]
    if options.sim:
        bench.cities = [("kuaifan-sim", [bench.build / "tests" / "kuaifan-sim", "--seed", "1", "--seeds",
                                         str(options.sim), "--hours", "6"])]
    for layer in layers:
        for target, command in bench.tests_of(f"{layer}/x.c"):
            if not bench.make(target):
                sys.exit(f"{target} does not build unchanged")
            if not bench.passes(target, command):
                sys.exit(f"{target} fails unchanged")
    if options.again:
        mutants, total = list(read_again(options.again)), 0
    else:
        mutants, total = pick(options.seed, options.count, layers)
    print(f"seed {options.seed}: {total} possible changes in {', '.join(layers)}", flush=True)

    counted, killed, uncompiled, survivors, killers = 0, 0, 0, [], {}
    for mutant in mutants:
        if counted == options.count or time.monotonic() - began > options.minutes * 60:
            break
        verdict = bench.judge(mutant)
        if verdict == "uncompiled":
            uncompiled += 1
            continue
        counted += 1
        if verdict == "survived":
            survivors.append(mutant)
            print(f"survived {mutant}", flush=True)
            (options.place / ("survivors" if not options.again else "survivors.again")).write_text(
                "".join(one.row() + "\n" for one in survivors))
        else:
            killed += 1
            print(f"killed by {verdict}: {mutant}", flush=True)
            killers[verdict] = killers.get(verdict, 0) + 1
    for name, count in sorted(killers.items(), key=lambda item: -item[1]):
        print(f"  {name} noticed {count}")
    share = 100 * killed / counted if counted else 0
    print(f"seed {options.seed}: {counted} mutants, {killed} killed ({share:.1f} %), "
          f"{len(survivors)} survived; {uncompiled} more did not compile; {time.monotonic() - began:.0f} s")
    return 0 if counted and share >= 90 else 1


if __name__ == "__main__":
    sys.exit(main())
