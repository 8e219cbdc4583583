#!/usr/bin/env python3
"""Do the tests notice? Break the core and the store on purpose, one random place at a time.

A mutant is one change picked by a seed: an operator, a constant, a dropped statement, a condition
held true or false. It is compiled in a copy of the sources and given to what ./check runs, cheapest
first: the unit tests of its layer (its own module's, then those that have noticed most) and the
scenarios, the unit tests of the layers above, the first lot once more under clang's sanitizers, and
with --sim to simulated cities. The first that fails kills it; the figures say at which stage.
Assertions, comments, strings and declarations are left alone; what does not compile is not counted.

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
ABOVE = ("engine/net", "engine/host")
OWN, OTHERS, SANITIZED, CITIES = "the layer's own tests", "tests of the layers above", "sanitizers", "simulated cities"
SANITIZERS = "-O1 -g0 -fsanitize=address,undefined,implicit-conversion -fno-sanitize-recover=all"
# A worker of Criterion that leaks says so and passes: as in tests/functions.cmake.
SANITIZER_WORDS = re.compile(rb"LeakSanitizer|AddressSanitizer|runtime error:")
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
    names = re.findall(r"add_unit_test\(test_(\w+) ", text)
    for modules, prefix in re.findall(r"foreach\(module ([^)]*)\)\s*add_unit_test\(test_(\w*)\$\{module\}", text):
        names += [prefix + module for module in modules.split()]
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
    """A copy of the sources with a build of its own. `shared`: the layers under change are shared
    libraries there, so that a mutant is one file compiled and one link."""

    def __init__(self, place, compiler="gcc", flags="-O0 -g0", shared=(), words=None):
        self.source, self.build, self.words = place / "source", place / "build", words
        self.limits, self.seconds, self.kills = {}, {}, {}  # by test
        libraries = [f"add_library({os.path.basename(layer)} STATIC" for layer in shared]
        names = subprocess.run(["git", "ls-files", "CMakeLists.txt", "engine", "geo", "proto", "tests", "policies", "docs"],
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
                        "-DCMAKE_BUILD_TYPE=Debug", f"-DCMAKE_C_COMPILER={compiler}", f"-DCMAKE_C_FLAGS={flags}",
                        "-DCMAKE_POSITION_INDEPENDENT_CODE=ON", "-DCMAKE_LINK_DEPENDS_NO_SHARED=ON"],
                       check=True, stdout=subprocess.DEVNULL)

    def make(self, *targets):
        return subprocess.run(["ninja", "-C", self.build, *targets], capture_output=True).returncode == 0

    def unit_test(self, name):
        return f"test_{name}", [self.build / "tests" / f"test_{name}", *NOT_SHARED.get(name, [])]

    def own(self, file):
        """The tests of the file's layer: the likeliest to notice first."""
        stem = pathlib.Path(file).stem
        names = sorted(unit_tests(os.path.dirname(file)), key=lambda name: (
            not (stem == name or stem.endswith("_" + name) or stem.startswith(name + "_")),
            -self.kills.get(f"test_{name}", 0), self.seconds.get(f"test_{name}", 0)))
        tests = [self.unit_test(name) for name in names]
        scenarios = ("kuaifan-scenarios", [self.build / "tests" / "kuaifan-scenarios", self.source / "tests" / "scenarios"])
        return tests[:1] + [scenarios] + tests[1:]

    def above(self):
        return [self.unit_test(name) for layer in ABOVE for name in unit_tests(layer)]

    def cities(self, seeds):
        return [("kuaifan-sim", [self.build / "tests" / "kuaifan-sim", "--seed", "1", "--seeds", str(seeds), "--hours", "6"])]

    def passes(self, target, command):
        began = time.monotonic()
        process = subprocess.Popen(command, cwd=self.source, stdout=subprocess.PIPE if self.words else subprocess.DEVNULL,
                                   stderr=subprocess.STDOUT, start_new_session=True)
        try:
            said, _ = process.communicate(timeout=self.limits.get(target, 10 * TEST_SECONDS))
            self.seconds.setdefault(target, time.monotonic() - began)
            self.limits.setdefault(target, TEST_SECONDS + 20 * self.seconds[target])
            return process.returncode == 0 and not (self.words and self.words.search(said))
        except subprocess.TimeoutExpired:
            return False
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass

    def check_unchanged(self, tests):
        if not self.make(*[target for target, _ in tests]):
            sys.exit(f"does not build unchanged in {self.build}")
        for target, command in tests:
            if target not in self.limits and not self.passes(target, command):
                sys.exit(f"{target} fails unchanged in {self.build}")

    def judge(self, mutant, stages):
        """"uncompiled", None, or the stage and the test that noticed."""
        path = self.source / mutant.file
        text = path.read_text()
        start = 0
        for _ in range(mutant.line - 1):
            start = text.index("\n", start) + 1
        start += mutant.column - 1
        path.write_text(text[:start] + mutant.replacement + text[start + mutant.length:])
        try:
            for stage, tests in stages:
                for target, command in tests:
                    if not self.make(target):
                        return "uncompiled"
                    if not self.passes(target, command):
                        self.kills[target] = self.kills.get(target, 0) + 1
                        return stage, target
            return None
        finally:
            path.write_text(text)


class Judge:
    """The stages in turn. What needs a build of its own gets it when the first mutant comes so far."""

    def __init__(self, options, layers):
        self.place, self.layers, self.seeds = options.place, layers, options.sim
        self.is_brief, self.is_checked = options.brief, options.checked
        self.plain, self.sanitized = Bench(self.place, shared=LAYERS), None
        for layer in layers:
            self.check(self.plain, self.plain.own(f"{layer}/x.c"))

    def check(self, bench, tests):
        if not self.is_checked:
            bench.check_unchanged(tests)

    def sanitized_bench(self):
        if self.sanitized is None:
            self.check(self.plain, self.plain.above() + (self.plain.cities(self.seeds) if self.seeds else []))
            self.sanitized = Bench(self.place / "sanitized", "clang", SANITIZERS, LAYERS, SANITIZER_WORDS)
            for layer in self.layers:
                self.check(self.sanitized, self.sanitized.own(f"{layer}/x.c"))
        return self.sanitized

    def judge(self, mutant):
        verdict = self.plain.judge(mutant, [(OWN, self.plain.own(mutant.file))])
        if verdict is not None or self.is_brief:
            return verdict
        sanitized = self.sanitized_bench()
        return (self.plain.judge(mutant, [(OTHERS, self.plain.above())]) or
                sanitized.judge(mutant, [(SANITIZED, sanitized.own(mutant.file))]) or
                (self.plain.judge(mutant, [(CITIES, self.plain.cities(self.seeds))]) if self.seeds else None))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--count", type=int, default=300, help="mutants that compile")
    parser.add_argument("--layer", action="append", choices=sorted(LAYERS), help="default: both")
    parser.add_argument("--again", metavar="FILE", help="judge the mutants of this list")
    parser.add_argument("--sim", type=int, default=0, metavar="SEEDS",
                        help="what the tests let pass goes to so many simulated cities")
    parser.add_argument("--brief", action="store_true", help="only the tests of the layer and the scenarios, unsanitized")
    parser.add_argument("--checked", action="store_true",
                        help="do not try first whether all of them pass unchanged: they are known to")
    parser.add_argument("--place", type=pathlib.Path, default=ROOT / "build" / "mutate")
    parser.add_argument("--minutes", type=float, default=1e9, help="stop after so long, and say so")
    options = parser.parse_args()

    layers = options.layer or sorted(LAYERS)
    began = time.monotonic()
    judge = Judge(options, layers)
    if options.again:
        mutants, total = list(read_again(options.again)), 0
    else:
        mutants, total = pick(options.seed, options.count, layers)
    print(f"seed {options.seed}: {total} possible changes in {', '.join(layers)}", flush=True)

    counted, killed, uncompiled, survivors, killers, stages = 0, 0, 0, [], {}, {}
    for mutant in mutants:
        if counted == options.count or time.monotonic() - began > options.minutes * 60:
            break
        verdict = judge.judge(mutant)
        if verdict == "uncompiled":
            uncompiled += 1
            continue
        counted += 1
        if verdict is None:
            survivors.append(mutant)
            print(f"survived {mutant}", flush=True)
            (options.place / ("survivors" if not options.again else "survivors.again")).write_text(
                "".join(one.row() + "\n" for one in survivors))
        else:
            stage, target = verdict
            killed += 1
            print(f"killed by {target} ({stage}): {mutant}", flush=True)
            killers[target] = killers.get(target, 0) + 1
            stages[stage] = stages.get(stage, 0) + 1
    for name, count in sorted(killers.items(), key=lambda item: -item[1]):
        print(f"  {name} noticed {count}")
    for stage, count in stages.items():
        print(f"  {stage}: {count}")
    share = 100 * killed / counted if counted else 0
    print(f"seed {options.seed}: {counted} mutants, {killed} killed ({share:.1f} %), "
          f"{len(survivors)} survived; {uncompiled} more did not compile; {time.monotonic() - began:.0f} s")
    return 0 if counted and share >= 90 else 1


if __name__ == "__main__":
    sys.exit(main())
