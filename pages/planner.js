/* planner.js - the planner page: the arithmetic of src/plan once more, so that a
 * page opened from a disk without a network answers while a slider moves.
 *
 * What it holds (PLAN, put in by report/planner.c): laws as the formula text of
 * the law file, their constants and some draws of the fit; machines and grids
 * of the catalogue. The formula is compiled here by the grammar of
 * law/formula_parse.c, so a law that a user wrote is treated like any other.
 *
 * Everything above `face` is free of the page and is run by tests against the
 * program. SOURCE of the equations: Hoffmann et al. 2022 (section 3.3);
 * Sardana & Frankle 2023 (training and serving at one loss); Muennighoff et al.
 * 2023 (what a repeated token is worth); Patterson et al. 2021 (energy). */
'use strict';

var planner = (function () {

/* ---- formulas ------------------------------------------------------------ */

var FUNCTIONS = { exp: 'Math.exp', log: 'Math.log', ln: 'Math.log',
                  log10: 'Math.log10', sqrt: 'Math.sqrt', min: 'Math.min',
                  max: 'Math.max', tanh: 'Math.tanh' };

/* "loss = E + A/N^alpha" to a function of (t, N, D). */
function compile(law) {
    var text = law.formula.slice(law.formula.indexOf('=') + 1), at = 0;
    function blanks() { while (/\s/.test(text[at] || '')) at++; }
    function take(c) {
        blanks();
        if (text[at] !== c) return false;
        at++;
        return true;
    }
    function word(pattern) {
        blanks();
        var found = pattern.exec(text.slice(at));
        if (found) at += found[0].length;
        return found && found[0];
    }
    function fail() {
        throw new Error(law.name + ': cannot read "' + text.slice(at) + '"');
    }
    function named(name) {
        var i = law.params.indexOf(name);
        if (i >= 0) return 't[' + i + ']';
        if (name === 'N' || name === 'D') return name;
        if (name === 'C') return '(6*N*D)';
        return fail();
    }
    function called(name) {
        var inside = [sum()];
        while (take(',')) inside.push(sum());
        if (!FUNCTIONS[name] || !take(')')) fail();
        return FUNCTIONS[name] + '(' + inside.join(',') + ')';
    }
    function atom() {
        var found = word(/^(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?/);
        if (found) return found;
        found = word(/^[A-Za-z_]\w*/);
        if (found) return take('(') ? called(found) : named(found);
        if (!take('(')) fail();
        found = sum();
        if (!take(')')) fail();
        return '(' + found + ')';
    }
    function power() {
        var base = atom();
        return take('^') ? 'Math.pow(' + base + ',' + signed() + ')' : base;
    }
    function signed() {
        if (take('-')) return '(-' + signed() + ')';
        return take('+') ? signed() : power();
    }
    function product() {
        var left = signed();
        for (;;) {
            if (take('*')) left += '*' + signed();
            else if (take('/')) left += '/' + signed();
            else return left;
        }
    }
    function sum() {
        var left = product();
        for (;;) {
            if (take('+')) left += '+' + product();
            else if (take('-')) left += '-' + product();
            else return '(' + left + ')';
        }
    }
    var body = sum();
    blanks();
    if (at < text.length) fail();
    return new Function('t', 'N', 'D', 'return ' + body);
}

/* ---- sizes --------------------------------------------------------------- */

/* One number u says which model: ln N where F = 6 N, ln width in a family. */
function sizeAt(cost, u) {
    if (!cost.family) {
        var n = Math.exp(u);
        return { n: n, flop: 6 * n };
    }
    var d = Math.exp(u), layers = Math.max(cost.layers_min, d / cost.aspect),
        matrix = 12 * layers * d * d, head = cost.vocab * d,
        flop = 6 * (matrix + head) + 6 * layers * d * cost.context,
        n_of = { 'body': matrix, 'body+head': matrix + head,
                 'total': matrix + 2 * head + 13 * layers * d + 2 * d
                          + cost.context * d, 'flop': flop / 6 };
    return { n: n_of[cost.counts], flop: flop, width: d, layers: layers };
}

function lastU(cost, c) {
    var low = 0, high = 1;
    while (sizeAt(cost, high).flop < c) high *= 2;
    for (var i = 0; i < 60; i++) {
        var middle = (low + high) / 2;
        if (sizeAt(cost, middle).flop < c) low = middle;
        else high = middle;
    }
    return low;
}

/* ---- least over u --------------------------------------------------------- */

function golden(f, low, high, width) {
    var share = (Math.sqrt(5) - 1) / 2, left = high - share * (high - low),
        right = low + share * (high - low), a = f(left), b = f(right);
    while (high - low > width) {
        if (a <= b) {
            high = right; right = left; b = a;
            left = high - share * (high - low); a = f(left);
        } else {
            low = left; left = right; a = b;
            right = low + share * (high - low); b = f(right);
        }
    }
    return (low + high) / 2;
}

/* The valley between low and high, or NaN where f only falls to an end. */
function least(f, low, high, step, width) {
    var count = Math.ceil((high - low) / step), best = -1, value = Infinity;
    step = (high - low) / count;
    for (var i = 0; i <= count; i++) {
        var there = f(low + i * step);
        if (there < value) { value = there; best = i; }
    }
    if (best <= 0 || best >= count) return NaN;
    return golden(f, low + (best - 1) * step, low + (best + 1) * step, width);
}

function leastNear(f, near, low, high, width) {
    var u = NaN;
    if (near > low && near < high)
        u = least(f, Math.max(low, near - 2), Math.min(high, near + 2), 0.5,
                  width);
    return isNaN(u) ? least(f, low, high, 0.25, width) : u;
}

/* ---- questions ------------------------------------------------------------ */

/* Muennighoff: what r = repeats of u unique ones are worth. */
var R_D = 15.387756, R_N = 5.309743;
function worth(all, unique, r) {
    return all <= unique ? all
         : unique + unique * r * (1 - Math.exp(-(all / unique - 1) / r));
}

/* The loss of n and d when only `unique` tokens are different; n_fit: the size
 * for which so many tokens are just right. */
function lossOf(law, t, n, d, unique, n_fit) {
    if (!(unique > 0)) return law.loss(t, n, d);
    return law.loss(t, worth(n, n_fit, R_N), worth(d, unique, R_D));
}

function best(law, t, c, near, width) {
    function f(u) {
        var s = sizeAt(law.cost, u), x = law.loss(t, s.n, c / s.flop);
        return isNaN(x) ? Infinity : x;
    }
    var end = lastU(law.cost, c),
        u = isNaN(near) ? least(f, 0, end, 0.25, width)
                        : leastNear(f, near, 0, end, width);
    if (isNaN(u)) return null;
    var s = sizeAt(law.cost, u);
    return { u: u, n: s.n, d: c / s.flop, flop: c, loss: f(u),
             width: s.width, layers: s.layers };
}

/* The size for which `unique` tokens are just right: best() at the budget that
 * buys them, by the secant of ln D over ln C. */
function sizeFor(law, t, unique) {
    var want = Math.log(unique), x = Math.log(120) + 2 * want, slope = 0.5,
        at = best(law, t, Math.exp(x), NaN, 1e-7), before = null;
    for (var i = 0; i < 40 && at; i++) {
        var miss = Math.log(at.d) - want;
        if (Math.abs(miss) < 1e-9) break;
        if (before && x !== before.x && Math.log(at.d) !== before.y)
            slope = (Math.log(at.d) - before.y) / (x - before.x);
        before = { x: x, y: Math.log(at.d) };
        x -= miss / Math.min(Math.max(slope, 0.05), 2);
        at = best(law, t, Math.exp(x), at.u, 1e-7);
    }
    return at ? at.n : NaN;
}

function bestLimited(law, t, c, unique) {
    var n_fit = sizeFor(law, t, unique);
    function f(u) {
        var s = sizeAt(law.cost, u),
            x = lossOf(law, t, s.n, c / s.flop, unique, n_fit);
        return isNaN(x) ? Infinity : x;
    }
    var u = least(f, 0, lastU(law.cost, c), 0.25, 1e-7);
    if (isNaN(u)) return null;
    var s = sizeAt(law.cost, u);
    return { u: u, n: s.n, d: c / s.flop, flop: c, loss: f(u),
             width: s.width, layers: s.layers, epochs: c / s.flop / unique };
}

/* Tokens that a model of u needs for this loss; Infinity where none suffice. */
function tokensFor(law, t, u, loss) {
    var n = sizeAt(law.cost, u).n, low = 0, high = 100;
    if (!(law.loss(t, n, Math.exp(high)) < loss)) return Infinity;
    for (var i = 0; i < 60; i++) {
        var middle = (low + high) / 2;
        if (law.loss(t, n, Math.exp(middle)) > loss) low = middle;
        else high = middle;
    }
    return Math.exp((low + high) / 2);
}

/* Least training and serving together at one loss: a forward pass is a third
 * of a training token. */
function bestServed(law, t, loss, serve, near) {
    function total(u) {
        var flop = sizeAt(law.cost, u).flop;
        return flop * tokensFor(law, t, u, loss) + flop / 3 * serve;
    }
    function f(u) { return Math.log(total(u)); }
    var u = leastNear(f, near, 0, near + 12, 1e-4);
    if (isNaN(u)) return null;
    var s = sizeAt(law.cost, u), d = tokensFor(law, t, u, loss);
    return { u: u, n: s.n, d: d, flop: s.flop * d, loss: loss, all: total(u),
             width: s.width, layers: s.layers };
}

/* The least budget of a loss no worse than the one of (n, at c). */
function wasted(law, t, c, loss) {
    var low = Math.log(c) - 30, high = Math.log(c);
    for (var i = 0; i < 60; i++) {
        var middle = (low + high) / 2, b = best(law, t, Math.exp(middle), NaN,
                                                1e-5);
        if (b && b.loss > loss) low = middle;
        else high = middle;
    }
    return 1 - Math.exp(high) / c;
}

function bill(deal, flop) {
    var hours = flop / (deal.peak * deal.mfu * 3600),
        kwh = hours * deal.watts / 1000 * deal.pue;
    return { device_hours: hours, days: hours / deal.devices / 24,
             dollars: hours * deal.price, kwh: kwh, kg: kwh * deal.kg_per_kwh };
}

/* The interval of a number over the draws: percentiles as fit_interval has
 * them; null without enough draws. */
function interval(values, level) {
    var x = values.filter(function (v) { return !isNaN(v); });
    if (x.length < 20) return null;
    x.sort(function (a, b) { return a - b; });
    function quantile(q) {
        var at = q * (x.length - 1), below = Math.min(Math.floor(at),
                                                      x.length - 1),
            above = Math.min(below + 1, x.length - 1);
        return x[below] + (at - below) * (x[above] - x[below]);
    }
    return [quantile((1 - level) / 2), quantile((1 + level) / 2)];
}

function over(draws, ask) {
    var all = draws.map(ask).filter(function (b) { return b; });
    return function (key) {
        return interval(all.map(function (b) { return b[key]; }), 0.95);
    };
}

return { compile: compile, sizeAt: sizeAt, lastU: lastU, best: best,
         bestLimited: bestLimited, bestServed: bestServed, sizeFor: sizeFor,
         wasted: wasted, bill: bill, interval: interval, over: over,
         worth: worth, lossOf: lossOf };
})();

if (typeof module !== 'undefined') module.exports = planner;
