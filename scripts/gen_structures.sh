#!/bin/sh
# Writes ProjectStructures.md and ProjectStructures.json: every tracked file with its first sentence.
exec "$(dirname -- "$0")/stack/run.sh" structures "$@"
