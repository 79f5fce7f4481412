"""Which HS 2007 code a language model names for the descriptions of reference/values/good_descriptions.csv.

    python reference/good_codes.py questions MODEL RUNS QUESTIONS.jsonl
    python reference/good_codes.py score ANSWERS.jsonl [PRODUCTS.csv]

`questions` writes a batch file (the format of batch endpoints, see docs/methods/13-mapping.md), one line for each description and run.
`score` reads what came back: how many of the 66 goods get a right code, and a code of the right heading; for how many of the 20 texts that are
no goods the answer is NONE; and, with the table of codes, how many codes HS 2007 lacks.
"""

import csv
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

GOODS = Path(__file__).parent / "values" / "good_descriptions.csv"

SYSTEM = "You know how customs tariffs classify goods. You answer only with the JSON that is asked for: no explanation, no other text."
QUESTION = (
    'A good is described as: "{text}"\n\nWhich six-digit code of HS 2007 is it? The code is NONE if this is no traded good, or too broad to be one.\n'
    'Answer as JSON: {{"code": "six digits"}}'
)


def rows_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(line for line in file if not line.startswith("#")))


def questions(model, runs, path):
    with open(path, "w", encoding="utf-8") as file:
        for run in range(1, runs + 1):
            for number, good in enumerate(rows_of(GOODS), 1):
                messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": QUESTION.format(text=good["text"])}]
                line = {
                    "custom_id": f"good-{number:03}-r{run:02}",
                    "method": "POST",
                    "url": "/v1/chat/completions",
                    "body": {"model": model, "messages": messages, "max_tokens": 200},
                }
                file.write(json.dumps(line) + "\n")


def text_of(line):
    """The text of an answer; empty if there is none."""
    if "answer" in line:
        return line["answer"] if isinstance(line["answer"], str) else json.dumps(line["answer"])
    try:
        return line["response"]["body"]["choices"][0]["message"]["content"] or ""
    except (KeyError, IndexError, TypeError):
        return ""


def code_of(text):
    """The code in an answer: six digits, "NONE", or None if it cannot be read."""
    found = re.findall(r'"code"\s*:\s*"?([^"}]*)', text)
    named = found[-1].strip() if found else text.strip()
    if named.upper().startswith("NONE"):
        return "NONE"
    digits = re.sub(r"\D", "", named)
    digits = digits if len(digits) % 2 == 0 else "0" + digits
    return digits[:6] if len(digits) >= 6 else None


def score(path, products):
    goods = rows_of(GOODS)
    edition = {row["code"] for row in rows_of(products)} if products else None
    runs = defaultdict(dict)
    with open(path, encoding="utf-8") as file:
        for line in filter(str.strip, file):
            line = json.loads(line)
            number, run = re.fullmatch(r"good-(\d+)-r(\d+)", line["custom_id"]).groups()
            runs[int(run)][int(number)] = code_of(text_of(line))
    for run, named in sorted(runs.items()):
        counts = defaultdict(int)
        wrong = []
        for number, good in enumerate(goods, 1):
            code, right = named.get(number), good["codes"].split()
            if not right:
                counts["none"] += code == "NONE"
                continue
            code = code or ""
            hit = any(code.startswith(r) for r in right)
            counts["right"] += hit
            counts["heading"] += any(code[:4] == r[:4] for r in right)
            counts["lacking"] += edition is not None and code.isdigit() and code not in edition
            if not hit:
                wrong.append(f"{good['text']} -> {code or 'nothing'} ({good['codes']})")
        goods_count = sum(bool(g["codes"]) for g in goods)
        lacking = f", {counts['lacking']} codes that the edition lacks" if edition else ""
        print(
            f"run {run}: right {counts['right']} of {goods_count}, heading {counts['heading']}, "
            f"NONE for {counts['none']} of {len(goods) - goods_count} that are no goods{lacking}"
        )
        for line in wrong:
            print("   ", line)


if __name__ == "__main__":
    if sys.argv[1] == "questions":
        questions(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    else:
        score(sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None)
