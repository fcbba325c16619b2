"""Checks what `jikenbo replay --mutants --format json` says of the seed, on standard input: its three mail accidents
are prevented, and happen again as they did where the control is weakened. It does not know how they are run."""

import json
import sys

WAS = {
    "2023-203": {"nobody-sees-another": 395},
    "2023-205": {"nobody-sees-another": 108},
    "2023-206": {"no-stranger-gets-it": 1, "the-file-stays": 1, "the-password-stays": 1},
}
replays = {replay["case"].get("number"): replay for replay in json.load(sys.stdin)}
wrong = [] if len(replays) == 8 else [f"{len(replays)} replays, not 8"]
for number, was in WAS.items():
    replay = replays.get(number)
    if replay is None:
        wrong.append(f"{number}: not there")
        continue
    if replay["outcome"] != "prevented":
        wrong.append(f"{number}: {replay['outcome']}")
    if not replay["case"]["facts"]:
        wrong.append(f"{number}: nothing is taken from its text")
    if not replay["mutants"]:
        wrong.append(f"{number}: no mutant")
    for mutant in replay["mutants"]:
        if not mutant["recurred"] or mutant["counted"] != was:
            wrong.append(f"{number}, mutant {mutant['id']}: {mutant['counted']}, then {was}")
print("\n".join(wrong) or "the seed's mail accidents are prevented, and recur with each mutant")
sys.exit(1 if wrong else 0)
