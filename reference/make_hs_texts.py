"""Make the table of six-digit codes of all editions of the HS with their texts (crates/monazite/src/nomenclature/hs_texts.csv.gz).

    python reference/make_hs_texts.py UN_FOLDER BACI_FOLDER OUT

UN_FOLDER holds classificationH0.json to classificationH6.json (UN Comtrade's reference lists with the long texts, from
insongkim/concordance), BACI_FOLDER product_codes_HS*.csv of CEPII. A code is in an edition if either says so. Its text is BACI's
where there is a file of that edition, else that of the United Nations in BACI's form (`;` written as `:`). One row for each code and
text, with the editions it holds in as digits, 0 for HS 1992 to 6 for HS 2022.
"""
import csv
import glob
import gzip
import io
import json
import re
import sys

un_folder, baci_folder, out = sys.argv[1:]
EDITIONS = ["HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22"]


def clean(text):
    return re.sub(r"\s+", " ", text.replace(";", ":")).strip()


texts = {}
for edition, name in enumerate(EDITIONS):
    with open(f"{un_folder}/classificationH{edition}.json", encoding="utf-8-sig") as file:
        for item in json.load(file)["results"]:
            if re.fullmatch(r"\d{6}", item["id"]) and not item["id"].startswith("99"):
                texts[item["id"], edition] = clean(item["text"].split(" - ", 1)[1])
    for path in glob.glob(f"{baci_folder}/product_codes_{name}_*.csv"):
        with open(path, encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                code = row["code"].zfill(6)
                if re.fullmatch(r"\d{6}", code) and not code.startswith("99"):
                    texts[code, edition] = clean(row["description"])

rows = {}
for (code, edition), text in sorted(texts.items()):
    rows.setdefault((code, text), []).append(str(edition))
lines = io.StringIO()
writer = csv.writer(lines, lineterminator="\n")
writer.writerow(["hs6", "editions", "text"])
for (code, text), editions in sorted(rows.items(), key=lambda item: (item[0][0], item[1])):
    writer.writerow([code, "".join(editions), text])
with open(out, "wb") as file:
    file.write(gzip.compress(lines.getvalue().encode(), 9, mtime=0))
print(len(rows), "rows,", len({code for code, _ in rows}), "codes")
