"""watch.py - asks a running `scalelaw watch` what a browser would.

    watch.py URL STUDY SPARE-RUN       on 127.0.0.1, without a token
    watch.py --token=TOKEN URL         elsewhere, with one

Says `ok PROMISE` and `not ok PROMISE` lines. SPARE-RUN is the folder of a run
that is moved into the study on the way, as if it had just ended.
"""

import http.client
import json
import os
import shutil
import sys
import urllib.parse


def say(good, promise):
    print(("ok " if good else "not ok ") + promise)


def ask(url, path="/", method="GET", **headers):
    at = urllib.parse.urlsplit(url)
    link = http.client.HTTPConnection(at.hostname, at.port, timeout=10)
    link.request(method, path, headers=headers)
    answer = link.getresponse()
    return answer.status, answer.headers, answer.read().decode()


def events(url):
    """The stream, an event a step: (name, data)."""
    at = urllib.parse.urlsplit(url)
    link = http.client.HTTPConnection(at.hostname, at.port, timeout=20)
    link.request("GET", "/events")
    answer = link.getresponse()
    name = None
    while True:
        line = answer.readline().decode().rstrip("\n")
        if line.startswith("event: "):
            name = line[7:]
        elif line.startswith("data: "):
            yield name, line[6:]


def until(stream, test):
    for _ in range(50):
        name, data = next(stream)
        if test(name, data):
            return True
    return False


def reading(url):
    status, headers, text = ask(url)
    say(status == 200 and "EventSource" in text, "the page is served")
    say("default-src 'none'" in headers["Content-Security-Policy"],
        "the page may load nothing from elsewhere")
    status, _, text = ask(url, "/runs.json")
    runs = json.loads(text)
    done = [r for r in runs if r["status"] == "done"]
    say(status == 200 and len(done) > 6
        and all(r["val_loss"] > 0 and len(r["curve"]) > 1 for r in done),
        "all runs are listed with loss and curve")
    say(ask(url, "/planner.html")[0] == 200 and
        ask(url, "/figures/isoflop.csv")[0] == 200,
        "figures and planner are served as the study has them")
    return len(runs)


def refusals(url):
    say(ask(url, method="POST")[0] == 405, "writing is refused")
    say(ask(url, method="HEAD")[0] == 200, "HEAD is answered")
    say(ask(url, Host="evil.example")[0] == 403, "another host is refused")
    say(ask(url, Host="127.0.0.1.evil.example")[0] == 403,
        "a host that only begins like this one is refused")
    say(ask(url, Host="localhost:1")[0] == 200, "localhost is this one")
    for path in ("/study.json", "/../study.json", "/figures/../study.json",
                 "/figures/%2e%2e/study.json", "/figures/", "/figures/.svg",
                 "/runs/", "/figures/a/b.svg"):
        say(ask(url, path)[0] == 404, "%s is not served" % path)


def live(url, study, spare, before):
    stream = events(url)
    say(until(stream, lambda name, _: name == "report"),
        "the stream begins with what there is")
    shutil.copytree(spare, os.path.join(study, "runs",
                                        os.path.basename(spare)))
    say(until(stream, lambda name, data: name == "now"
              and json.loads(data)["ended"] == before + 1),
        "a run that ends is told")
    say(until(stream, lambda name, _: name == "report"),
        "a new report is told")
    status, _, text = ask(url, "/report")
    say(status == 200 and os.path.basename(spare).rsplit("-", 1)[0] in text,
        "the new report has the new run")


def with_token(url, token):
    bare = url.split("?")[0]
    say("?token=" + token in url, "the token is in the address printed")
    status, _, text = ask(bare)
    say(status == 401 and "Token" in text and "EventSource" not in text,
        "without a token one is asked for")
    say(ask(bare, "/runs.json")[0] == 401, "nothing is read without one")
    wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
    say(ask(bare, "/?token=" + wrong)[0] == 401, "a wrong one is refused")
    status, headers, _ = ask(bare, "/?token=" + token)
    cookie = headers["Set-Cookie"] or ""
    say(status == 303 and "HttpOnly" in cookie and headers["Location"] == "/",
        "the right one becomes a cookie")
    say(ask(bare, "/runs.json", Cookie=cookie.split(";")[0])[0] == 200,
        "and the cookie opens the rest")


if sys.argv[1].startswith("--token="):
    with_token(sys.argv[2], sys.argv[1][8:])
else:
    count = reading(sys.argv[1])
    refusals(sys.argv[1])
    live(sys.argv[1], sys.argv[2], sys.argv[3], count)
