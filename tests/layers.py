"""Who may know whom: reads every #include "..." and every link of the tree and reports the forbidden ones.

The table below is the one of docs/ARCHITECTURE.md. `check(root)` returns a list of breaches, each a line of text;
tests/layers_test.py runs it on this tree and on broken copies, so that it is known to fail when it should.
"""

import os
import re

# folder -> folders whose headers it may include, besides itself. The longest matching folder counts.
ALLOWED = {
    "model": [],
    "wire": ["model"],
    "reference/ports": ["model"],
    "reference/core": ["model", "reference/ports"],
    "reference/core/following": ["model", "reference/ports"],
    "reference/core/balancing": ["model"],
    "reference/core/selection": ["model", "reference/core/following", "reference/core/balancing"],
    "reference/core/admission": ["model", "reference/core/following", "reference/core/selection"],
    "reference/core/routing": ["model", "reference/core/balancing", "reference/core/following"],
    "reference/net": ["model", "wire", "reference/ports", "reference/core"],
    "reference/control": ["model", "wire", "reference/ports", "reference/core"],
    "reference/mutants": ["model", "wire", "reference"],
    "reference": ["model", "wire", "reference"],
    "simulator/kernel": ["model"],
    "simulator/yaml": ["model"],
    "simulator/kube": ["model", "wire", "simulator/kernel"],
    "simulator/cloud": ["model", "wire", "simulator/kernel", "simulator/kube"],
    "simulator/network": ["model", "wire", "simulator/kernel"],
    "simulator/pods": ["model", "wire", "simulator/kernel", "simulator/network"],
    "simulator/clients": ["model", "wire", "simulator/kernel", "simulator/network"],
    "simulator/world": ["model", "wire", "simulator/kernel", "simulator/kube", "simulator/cloud", "simulator/network",
                        "simulator/pods", "simulator/yaml"],
    "simulator": ["model", "wire", "simulator"],
    "conformance/rules": ["model"],
    "conformance/checks": ["model", "wire"],
    "conformance/report": ["model", "wire", "conformance/rules", "conformance/checks", "conformance/language"],
    "conformance/contract": ["model", "wire", "simulator/yaml"],
    "conformance/language": ["model", "wire", "conformance/rules", "conformance/checks", "simulator/world", "simulator/yaml"],
    "conformance/runner": ["model", "wire", "simulator", "conformance"],
    "conformance": ["model", "wire", "simulator", "conformance"],
    "tests": ["model", "wire", "simulator", "conformance"],
    "bench/clusters": ["model", "simulator/kernel", "simulator/kube"],
    "bench/micro": ["model", "reference/core", "reference/ports"],
    "bench/peers": ["model", "wire", "simulator/clients"],
}

# What no folder may include although a rule above would let it.
FORBIDDEN = [
    ("conformance", "simulator/virtual"),
    ("conformance", "reference"),
    ("simulator", "reference"),
]

# Where a package may be used: docs/ARCHITECTURE.md, Libraries.
PACKAGES = {
    r"yaml-cpp/": ["simulator/yaml", "simulator/kube/http", "conformance/rules",
                   "reference/control"],
    r"boost/beast": ["simulator", "wire", "reference/control", "conformance/runner", "conformance/contract"],
    r"boost/asio": ["simulator", "bench/clusters", "reference/net", "reference/control", "reference/mutants", "conformance/runner",
                    "conformance/contract"],
    r"llhttp\.h": ["reference/net", "simulator/clients", "simulator/kube/transport"],
    r"nghttp2/": ["simulator/kube/transport"],
    r"re2/": ["simulator/kube/extensions", "simulator/kube/validation"],
    r"zlib\.h": ["simulator/kube/transport"],
    r"CLI/": ["reference", "simulator", "conformance", "bench"],
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(["<])([^">]+)[">]')
LIBRARY = re.compile(r"plumbline_(?:library|program)\s*\(([^)]*)\)", re.S)
RAW_LINK = re.compile(r"target_link_libraries\s*\(\s*(\S+)([^)]*)\)", re.S)


def under(path, folder):
    return path == folder or path.startswith(folder + "/")


def folder_rule(path):
    """The longest folder of ALLOWED that holds `path`, or None."""
    holders = [folder for folder in ALLOWED if under(path, folder)]
    return max(holders, key=len) if holders else None


def sources(root):
    for base, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in ("build", "out", "__pycache__"))
        for name in sorted(files):
            if name.endswith((".h", ".cc")):
                yield os.path.relpath(os.path.join(base, name), root)


def include_breaches(root):
    for path in sources(root):
        rule = folder_rule(path)
        if rule is None:
            yield f"{path}: no layer holds this folder (tests/layers.py, ALLOWED)"
            continue
        allowed = ALLOWED[rule] + [rule, os.path.dirname(path)]
        with open(os.path.join(root, path), encoding="utf-8") as text:
            for number, line in enumerate(text, 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                kind, target = match.groups()
                ours = os.path.exists(os.path.join(root, target))  # in brackets too: the root is on the include path
                if kind == '"' or ours:
                    if not os.path.exists(os.path.join(root, target)):
                        yield f'{path}:{number}: "{target}" is not a path from the root of the repository'
                    elif not any(under(target, folder) for folder in allowed):
                        yield f"{path}:{number}: {rule} may not include {target}"
                    elif any(under(path, who) and under(target, what) for who, what in FORBIDDEN):
                        yield f"{path}:{number}: {rule} must never include {target}"
                for pattern, places in PACKAGES.items():
                    if re.match(pattern, target) and not any(under(path, place) for place in places):
                        yield f"{path}:{number}: <{target}> is not used here (tests/layers.py, PACKAGES)"


def libraries(root):
    """(folder, name, links, packages) of every plumbline_library(), plumbline_program() and target_link_libraries()."""
    for base, folders, files in os.walk(root):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f not in ("build", "out", "cmake"))
        if "CMakeLists.txt" not in files:
            continue
        folder = os.path.relpath(base, root)
        with open(os.path.join(base, "CMakeLists.txt"), encoding="utf-8") as text:
            content = re.sub(r"#.*", "", text.read())
        for call in LIBRARY.findall(content):
            words = call.split()
            links, packages = [], []
            section = None
            for word in words[1:]:
                if word in ("LINKS", "EXTERNAL", "TEST_LINKS"):
                    section = word
                elif section in ("LINKS", "TEST_LINKS"):
                    links.append(word)
                elif section == "EXTERNAL":
                    packages.append(word)
            yield folder, words[0], links, packages
        # Only rapidcheck is added by hand, to tests; anything of this house goes through LINKS.
        for name, what in RAW_LINK.findall(content):
            yield folder, name, [], [word for word in what.split() if word not in ("PRIVATE", "PUBLIC", "INTERFACE")]


def link_breaches(root):
    found = list(libraries(root))
    home = {name: folder for folder, name, _, _ in found if not name.endswith("_test")}
    for folder, name, links, packages in found:
        rule = folder_rule(folder)
        if rule is None:
            yield f"{folder}/CMakeLists.txt: no layer holds this folder"
            continue
        allowed = ALLOWED[rule] + [rule, folder]
        for package in packages:
            if package in home:
                yield f"{folder}/CMakeLists.txt: {name} has {package}, which is ours: it goes to LINKS"
        for link in links:
            if link not in home:
                yield f"{folder}/CMakeLists.txt: {name} links {link}, which no folder makes (packages go to EXTERNAL)"
            elif not any(under(home[link], place) for place in allowed):
                yield f"{folder}/CMakeLists.txt: {name} may not link {link}"
            elif any(under(folder, who) and under(home[link], what) for who, what in FORBIDDEN):
                yield f"{folder}/CMakeLists.txt: {name} must never link {link}"


def check(root):
    return list(include_breaches(root)) + list(link_breaches(root))
