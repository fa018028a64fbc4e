/* drive.js PAGE - a report in a real browser: Debian's Chromium, spoken to over
 * a pipe (DevTools protocol), with nothing but Node's own modules. A line a
 * promise, "ok" or "FAILED" first; exit status 1 if any failed, 2 if the browser
 * did not come up. */
'use strict';
var child = require('child_process'), fs = require('fs'), os = require('os'),
    path = require('path');
var page = path.resolve(process.argv[2]);
var profile = fs.mkdtempSync(path.join(os.tmpdir(), 'page-'));
var browser = child.spawn('chromium', [
    '--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe',
    '--no-first-run', '--disable-background-networking',
    '--user-data-dir=' + profile, 'about:blank',
], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });

var next = 1, waiting = {}, seen = { errors: [], requests: [] }, failed = 0;

function end(code) {
    try { browser.kill('SIGKILL'); } catch (e) { /* has ended */ }
    setTimeout(function () {
        fs.rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
        process.exit(code);
    }, 200);
}
setTimeout(function () {
    console.log('FAILED the browser answers within 90 s');
    end(2);
}, 90000).unref();
browser.on('error', function () { end(2); });

/* The protocol: JSON texts that end with a zero byte. */
var rest = '';
browser.stdio[4].on('data', function (bytes) {
    var texts = (rest + bytes.toString('utf8')).split('\0');
    rest = texts.pop();
    texts.forEach(function (text) { heard(JSON.parse(text)); });
});
function heard(m) {
    if (m.id && waiting[m.id]) {
        waiting[m.id](m.result || {}, m.error);
        delete waiting[m.id];
    }
    if (m.method === 'Runtime.exceptionThrown')
        seen.errors.push(m.params.exceptionDetails.text + ' '
            + ((m.params.exceptionDetails.exception || {}).description || ''));
    if (m.method === 'Runtime.consoleAPICalled' && m.params.type === 'error')
        seen.errors.push(JSON.stringify(m.params.args));
    if (m.method === 'Log.entryAdded' && m.params.entry.level === 'error')
        seen.errors.push(m.params.entry.text);
    if (m.method === 'Network.requestWillBeSent')
        seen.requests.push(m.params.request.url);
}
function send(method, params, session) {
    var id = next++;
    browser.stdio[3].write(JSON.stringify({ id: id, method: method,
        params: params || {}, sessionId: session }) + '\0');
    return new Promise(function (done, fail) {
        waiting[id] = function (result, error) {
            if (error) fail(new Error(method + ': ' + error.message));
            else done(result);
        };
    });
}

function promise(words, holds, found) {
    console.log((holds ? 'ok ' : 'FAILED ') + words
                + (holds || found === undefined ? '' : ': ' + found));
    if (!holds) failed++;
}

async function open(session) {
    for (var method of ['Page', 'Runtime', 'Network', 'Log'])
        await send(method + '.enable', {}, session);
    await send('Page.navigate', { url: 'file://' + page }, session);
    for (var i = 0; i < 200; i++) {
        var r = await send('Runtime.evaluate', {
            expression: 'document.readyState + " " + location.protocol',
            returnByValue: true }, session);
        if (r.result && r.result.value === 'complete file:') return;
        await new Promise(function (go) { setTimeout(go, 100); });
    }
}

async function main() {
    var target = await send('Target.createTarget', { url: 'about:blank' });
    var session = (await send('Target.attachToTarget', {
        targetId: target.targetId, flatten: true })).sessionId;
    await open(session);
    async function ask(code) {
        var r = await send('Runtime.evaluate', { expression: '(function(){'
            + code + '})()', returnByValue: true }, session);
        if (r.exceptionDetails)
            throw new Error(r.exceptionDetails.exception.description);
        return r.result.value;
    }
    async function pick(name, value) {
        return ask('var i = document.querySelector(\'input[name="' + name
            + '"][value="' + value + '"]\'); i.click(); return i.checked;');
    }
    var place = 'function c(n){var r=n.getBoundingClientRect();'
              + 'return [r.left+r.width/2, r.top+r.height/2];}';
    var ticks = 'return Array.from(document.querySelectorAll('
              + '"#isoflop .ax.y:not(.off) text")).map(function(t){'
              + 'return t.textContent}).join("|");';

    promise('the switches are there once the script runs',
            await ask('return !document.getElementById("switches").hidden;'));
    promise('no name became an element', await ask(
        'return !document.querySelector("img,iframe,link,object") && '
        + '!window.owned;'));

    /* hover, by a real pointer */
    await ask('document.querySelector("#isoflop .pt[data-r]")'
              + '.scrollIntoView({block:"center"})');
    var at = await ask(place
        + 'return c(document.querySelector("#isoflop .pt[data-r]"));');
    await send('Input.dispatchMouseEvent', { type: 'mouseMoved', x: at[0],
        y: at[1] }, session);
    var tip = await ask('var t = document.getElementById("tip");'
                        + 'return t.hidden ? "" : t.textContent;');
    promise('pointing at a run says its numbers',
            /N .*, D .*, loss .* nats, .* bits per byte/.test(tip), tip);

    /* units: ticks change, marks stay */
    var nats = await ask(ticks);
    var p0 = await ask(place + 'return c(document.querySelector('
                       + '"#isoflop .pt[data-r]"));');
    await pick('loss', 'bits');
    var bits = await ask(ticks);
    var p1 = await ask(place + 'return c(document.querySelector('
                       + '"#isoflop .pt[data-r]"));');
    promise('bits per byte are other numbers at the same axis',
            nats !== bits && /bits per byte/.test(bits), bits);
    promise('no mark moves between nats and bits',
            Math.abs(p0[0] - p1[0]) + Math.abs(p0[1] - p1[1]) < 0.2);

    /* counts: a run stands where its own N by that count says */
    await pick('n', 'total');
    var off = await ask(place
        + 'var s = JSON.parse(document.getElementById("study-data")'
        + '.textContent), worst = 0;'
        + 'document.querySelectorAll("#isoflop .panel").forEach(function(p){'
        + 'var b = p.getAttribute("data-p").split(" ").map(Number),'
        + 'a = p.querySelector(".ax.x:not(.off)").getAttribute("data-a")'
        + '.split(" ").map(Number);'
        + 'p.querySelectorAll(".pt[data-r]").forEach(function(n){'
        + 'var x = Number(n.getAttribute("data-c").split(" ")[0]),'
        + 'dx = Number(/translate\\((\\S+)/.exec(n.getAttribute("transform"))'
        + '[1]), run = n.getAttribute("data-r"),'
        + 'want = b[0] + b[2] * Math.log(s.each.total[run] / a[1])'
        + '/ Math.log(a[2] / a[1]);'
        + 'worst = Math.max(worst, Math.abs(x + dx - want)); }); });'
        + 'return worst;');
    promise('a run stands where its total N says', off < 0.05, off);
    await pick('n', 'body+head');
    await pick('loss', 'nats');

    /* linear and back */
    var d0 = await ask('return document.querySelector("#isoflop path.ln")'
                       + '.getAttribute("d");');
    await pick('scale', 'linear');
    var d1 = await ask('return document.querySelector("#isoflop path.ln")'
                       + '.getAttribute("d");');
    await pick('scale', 'log');
    var d2 = await ask('return document.querySelector("#isoflop path.ln")'
                       + '.getAttribute("d");');
    promise('linear axes move lines, and logarithmic ones bring them back',
            d0 !== d1 && d0 === d2 && !/NaN/.test(d1));

    /* marking */
    var marked = await ask('var b = document.querySelector("button.run");'
        + 'b.click(); var r = b.getAttribute("data-r");'
        + 'return [b.getAttribute("aria-pressed"), '
        + 'document.querySelectorAll("figure .mark").length,'
        + 'new Set(Array.from(document.querySelectorAll("figure .mark")).map('
        + 'function(n){return n.closest("figure").id})).size,'
        + 'document.querySelectorAll("[data-r=\\""+r+"\\"]").length];');
    promise('a run pressed in the table is marked in several figures',
            marked[0] === 'true' && marked[1] === marked[3] - 1
            && marked[2] >= 3, marked.join(' '));
    promise('pressed again it is not', await ask(
        'document.querySelector("button.run").click();'
        + 'return document.querySelectorAll(".mark").length === 0;'));

    /* keyboard */
    await ask('document.querySelector("#isoflop svg").focus();');
    await send('Input.dispatchKeyEvent', { type: 'keyDown', key: 'ArrowRight',
        code: 'ArrowRight' }, session);
    promise('an arrow key tells the next mark', await ask(
        'return document.querySelector("#isoflop .tip").textContent !== "" &&'
        + 'document.querySelectorAll("#isoflop .at").length === 1;'));

    /* narrow */
    await send('Emulation.setDeviceMetricsOverride', { width: 420, height: 900,
        deviceScaleFactor: 1, mobile: false }, session);
    var wide = await ask('return document.documentElement.scrollWidth;');
    promise('a screen 420 wide does not scroll sideways', wide <= 420, wide);

    promise('every picture and table has a name', await ask(
        'return Array.from(document.querySelectorAll("svg.fig,.wide[role]"))'
        + '.every(function(n){return n.getAttribute("aria-label")}) && '
        + 'Array.from(document.querySelectorAll("table")).every(function(t){'
        + 'return t.caption && t.caption.textContent});'));
    promise('no console error', seen.errors.length === 0,
            seen.errors.join('; '));
    var away = seen.requests.filter(function (u) {
        return u !== 'file://' + page && u !== 'about:blank';
    });
    promise('nothing is asked for but the page itself', away.length === 0,
            away.join(' '));
    end(failed ? 1 : 0);
}
main().catch(function (e) { console.log('FAILED ' + e.message); end(1); });
