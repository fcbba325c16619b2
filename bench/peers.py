"""Runs one peer over a text, line by line, and prints bytes and seconds.

usage: peers.py PEER FILE SECONDS   (stops at the first line after SECONDS)
Loading a model or dictionary is not counted; neither is reading the file. The time is the
processor's, so that what runs beside it does not change it.
"""

import sys
import time


def fugashi_with(dictionary):
    import fugashi

    if dictionary == "ipadic":
        import ipadic

        tagger = fugashi.GenericTagger(ipadic.MECAB_ARGS)
    else:
        import unidic_lite

        tagger = fugashi.Tagger(f'-d "{unidic_lite.DICDIR}" -r "{unidic_lite.DICDIR}/dicrc"')
    return lambda line: tagger(line)


def sudachi():
    import sudachipy

    tokenizer = sudachipy.Dictionary(dict="core").create()
    return lambda line: [token.surface() for token in tokenizer.tokenize(line)]


def ginza():
    import spacy

    model = spacy.load("ja_ginza")
    return lambda line: [(entity.text, entity.label_) for entity in model(line).ents]


def timex():
    from ja_timex import TimexParser

    parser = TimexParser()
    return lambda line: parser.parse(line)


PEERS = {
    "fugashi-ipadic": lambda: fugashi_with("ipadic"),
    "fugashi-unidic-lite": lambda: fugashi_with("unidic-lite"),
    "sudachipy": sudachi,
    "ginza": ginza,
    "ja-timex": timex,
}


def main():
    peer, path, most = sys.argv[1], sys.argv[2], float(sys.argv[3])
    read = PEERS[peer]()
    with open(path, encoding="utf-8") as file:
        lines = file.read().splitlines()
    done = 0
    started = time.process_time()
    for line in lines:
        if line:
            read(line)
        done += len(line.encode()) + 1
        if time.process_time() - started > most:
            break
    print(done, time.process_time() - started)


main()
