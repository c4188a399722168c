#!/usr/bin/env python3
"""usage: sanitizer_reports.py FOLDER     prints the reports in it and ends with 1 when there is one"""

import os
import sys


def main():
    folder = sys.argv[1]
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    for name in names:
        with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as text:
            print(f"{name}\n{text.read()}")
    print(f"{len(names) or 'no'} reports in {folder}")
    return 1 if names else 0


if __name__ == "__main__":
    sys.exit(main())
