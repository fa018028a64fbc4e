/* planner_face.js - the planner page's sliders, tables and figure. Needs
 * planner.js and the data PLAN, both in the same page. */
'use strict';

(function () {
var $ = function (id) { return document.getElementById(id); };
var laws = PLAN.laws.map(function (law) {
    law.loss = planner.compile(law);
    return law;
});

/* ---- numbers as people read them ------------------------------------------ */

function digits(x, n) { return Number(x.toPrecision(n)).toString(); }
function si(x) {
    if (!isFinite(x)) return '–';
    var units = ['', ' k', ' M', ' B', ' T', ' P'], i = 0;
    while (Math.abs(x) >= 999.5 && i < 5) { x /= 1000; i++; }
    return Math.abs(x) < 999.5 ? digits(x, 3) + units[i]
                               : x.toPrecision(3) + units[i];
}
var RAISED = '⁰¹²³⁴⁵⁶⁷⁸⁹';
function power(x) {
    if (!(x > 0)) return '–';
    var e = Math.floor(Math.log10(x) + 1e-9), m = digits(x / Math.pow(10, e), 3);
    return (m === '1' ? '' : m + ' × ') + '10'
         + String(e).replace('-', '⁻').replace(/\d/g, function (d) {
               return RAISED[d]; });
}
function time(days) {
    if (days < 1 / 720) return digits(days * 86400, 3) + ' s';
    if (days < 1 / 24) return digits(days * 1440, 3) + ' min';
    if (days < 2) return digits(days * 24, 3) + ' hours';
    if (days < 730) return digits(days, 3) + ' days';
    return si(days / 365.25) + ' years';
}
function energy(kwh) {
    return kwh < 1e-3 ? digits(kwh * 3.6e6, 3) + ' J'
         : kwh < 1 ? digits(kwh * 1000, 3) + ' Wh'
         : kwh < 1e3 ? digits(kwh, 3) + ' kWh'
         : kwh < 1e6 ? digits(kwh / 1e3, 3) + ' MWh' : si(kwh / 1e6) + ' GWh';
}
function mass(kg) {
    return kg < 1e-3 ? digits(kg * 1e6, 3) + ' mg'
         : kg < 1 ? digits(kg * 1e3, 3) + ' g'
         : kg < 1e3 ? digits(kg, 3) + ' kg' : si(kg / 1e3) + ' t';
}
function money(x) {
    return '$' + (x < 0.01 ? x.toFixed(6) : x < 999.5 ? digits(x, 3) : si(x));
}
function loss(x) { return x.toFixed(4); }

/* "5.76e23", "3640 PF-days": what may be typed for a budget; NaN if nothing. */
function budgetOf(text) {
    var m = /^\s*([\d.]+(?:e[-+]?\d+)?)\s*(PF-?days?|PFd|FLOPs?|)\s*$/i.exec(text);
    return m ? Number(m[1]) * (/^PF/i.test(m[2]) ? 8.64e19 : 1) : NaN;
}

/* ---- what is asked --------------------------------------------------------- */

function chosen() { return laws[$('law').selectedIndex]; }
function machine() { return PLAN.machines[$('machine').selectedIndex]; }
function grid() { return PLAN.grids[$('grid').selectedIndex]; }

/* A slider of logarithms; its least place means "none" where that is offered. */
function slid(id) {
    var at = Number($(id).value);
    return $(id).dataset.none && at <= Number($(id).min) ? 0 : Math.pow(10, at);
}

function asked() {
    var m = machine();
    return { law: chosen(), c: slid('budget'), serve: slid('serve'),
             unique: slid('unique'),
             deal: { peak: m.peak, watts: m.watts,
                     devices: Math.round(slid('devices')),
                     mfu: Number($('mfu').value) / 100,
                     price: Number($('price').value) || 0,
                     pue: Number($('pue').value) || 1,
                     kg_per_kwh: grid().kg_per_kwh } };
}

/* ---- the answer ------------------------------------------------------------ */

function row(label, value, ends, remark) {
    return '<tr><th scope="row">' + label + '</th><td class="n"><b>' + value
         + '</b>' + (ends ? '<small>' + ends + '</small>' : '') + '</td><td class="w">'
         + (remark || '') + '</td></tr>';
}
function ends(show, x) { return x ? show(x[0]) + ' to ' + show(x[1]) : ''; }

function shape(b) {
    return b.width ? 'about ' + Math.round(b.layers) + ' layers of width '
                     + Math.round(b.width) : '';
}

/* "tokens" or "bytes", what D counts; `capital` begins a row. */
function many(law, capital) {
    var word = law.token + 's';
    return capital ? word[0].toUpperCase() + word.slice(1) : word;
}

function sized(b, of, law) {
    return row('Parameters N', si(b.n), ends(si, of('n')), shape(b))
         + row(many(law, true) + ' D', si(b.d), ends(si, of('d')),
               digits(b.d / b.n, 3) + ' ' + many(law) + ' per parameter')
         + row('Loss', loss(b.loss), ends(loss, of('loss')),
               'nats per ' + law.token);
}

function billed(deal, flop) {
    var x = planner.bill(deal, flop);
    return row('Time', time(x.days), '', si(x.device_hours) + ' device-hours on '
               + si(deal.devices) + ' × ' + machine().title)
         + row('Money', deal.price ? money(x.dollars) : 'not priced', '',
               deal.price ? '$' + deal.price + ' a device-hour, as set' : '')
         + row('Energy', energy(x.kwh), '', 'at ' + deal.watts
               + ' W a device and PUE ' + deal.pue)
         + row('Carbon', mass(x.kg) + ' CO₂e', '', grid().title + ', '
               + deal.kg_per_kwh + ' kg/kWh; making the machine not counted');
}

function table(caption, rows) {
    return '<table><caption>' + caption + '</caption>' + rows + '</table>';
}

function say(a, b, of) {
    var html = table('Train with ' + power(a.c) + ' FLOP', sized(b, of, a.law)
                     + billed(a.deal, a.c)), law = a.law;
    if (a.unique > 0) {
        var lim = planner.bestLimited(law, law.theta, a.c, a.unique);
        html += table('With ' + si(a.unique) + ' different ' + many(law), lim
            ? sized(lim, planner.over(law.draws.slice(0, 60), function (t) {
                  return planner.bestLimited(law, t, a.c, a.unique); }), law)
              + row('Epochs', digits(lim.epochs, 3), '', lim.epochs <= 1
                    ? 'there is enough text' : 'loss '
                      + (lim.loss - b.loss).toFixed(4) + ' nats above what fresh '
                      + 'text would give')
            : row('No answer', '–', '', 'no best size at this budget'));
    }
    if (a.serve > 0) {
        var s = planner.bestServed(law, law.theta, b.loss, a.serve, b.u),
            per = planner.sizeAt(law.cost, b.u).flop / 3,
            plain = a.c + per * a.serve;
        html += table('Trained and then serving ' + si(a.serve) + ' ' + many(law), s
            ? sized(s, planner.over(law.draws, function (t) {
                  var own = planner.best(law, t, a.c, b.u, 1e-4);
                  return own && planner.bestServed(law, t, own.loss, a.serve,
                                                   own.u); }), law)
              + row('Training', power(s.flop) + ' FLOP', '',
                    digits(s.flop / a.c, 3) + ' times the budget above')
              + row('Training and serving', power(s.all) + ' FLOP', '',
                    digits(100 * (1 - s.all / plain), 2) + ' % less than the size '
                    + 'above would take')
            : row('No answer', '–', '', 'the law has no best size here'));
    }
    return html;
}

/* What a reader must know before believing it. */
function warn(a) {
    var words = [], law = a.law;
    if (law.c_max && a.c > law.c_max * 1.0001)
        words.push('This budget is ' + si(a.c / law.c_max) + ' times the largest '
                   + 'the law was fitted to (' + power(law.c_max) + ' FLOP)'
                   + (a.c / law.c_max > 34 ? ': far beyond what has been found to '
                      + 'hold (34 times); read it as a projection, not a '
                      + 'prediction.' : '.'));
    if (!law.draws.length)
        words.push('Published constants without draws: no interval is known.');
    if (law.caveat) words.push(law.caveat);
    words.push('N counts ' + law.cost.counts + ' parameters.');
    return words.map(function (w) {
        var p = document.createElement('p');
        p.className = 'soft';
        p.textContent = w;
        return p.outerHTML;
    }).join('');
}

/* ---- the valley: loss against size at this budget --------------------------- */

function ticks(low, high) {
    var out = [];
    for (var e = Math.ceil(low); e <= high; e++) out.push(e);
    return out;
}

function valley(a, b) {
    var law = a.law, W = 720, H = 300, L = 62, R = 16, T = 16, B = 44,
        span = Math.log(10), xs = [], band = [], line = [], i;
    for (i = 0; i <= 80; i++) xs.push(b.u + span * (i / 40 - 1) * (law.cost.family
                                                                  ? 0.5 : 1));
    var at = function (t, u) {
        var s = planner.sizeAt(law.cost, u);
        return law.loss(t, s.n, a.c / s.flop);
    };
    xs.forEach(function (u) {
        line.push([Math.log10(planner.sizeAt(law.cost, u).n), at(law.theta, u)]);
        band.push(planner.interval(law.draws.map(function (t) {
            return at(t, u); }), 0.95));
    });
    var x0 = line[0][0], x1 = line[80][0], y0 = Infinity, y1 = -Infinity;
    line.forEach(function (p, k) {
        y0 = Math.min(y0, p[1], band[k] ? band[k][0] : p[1]);
        y1 = Math.max(y1, p[1], band[k] ? band[k][1] : p[1]);
    });
    var pad = (y1 - y0) * 0.06 || 0.01;
    y0 -= pad; y1 += pad;
    var X = function (x) { return L + (x - x0) / (x1 - x0) * (W - L - R); },
        Y = function (y) { return T + (y1 - y) / (y1 - y0) * (H - T - B); },
        xy = function (x, y) { return X(x).toFixed(1) + ',' + Y(y).toFixed(1); },
        svg = '<svg viewBox="0 0 ' + W + ' ' + H + '" role="img" aria-label="Loss '
            + 'against parameters at ' + power(a.c) + ' FLOP, least at ' + si(b.n)
            + '">', flat = line.filter(function (p) {
                return p[1] <= b.loss * 1.002; });
    if (flat.length > 1)
        svg += '<rect class="flat" x="' + X(flat[0][0]) + '" y="' + T + '" width="'
             + (X(flat[flat.length - 1][0]) - X(flat[0][0])) + '" height="'
             + (H - T - B) + '"/>';
    if (band[0])
        svg += '<polygon class="band" points="' + line.map(function (p, k) {
            return xy(p[0], band[k][1]); }).join(' ') + ' '
            + line.map(function (p, k) { return xy(p[0], band[k][0]); })
                  .reverse().join(' ') + '"/>';
    svg += '<polyline class="law" points="' + line.map(function (p) {
        return xy(p[0], p[1]); }).join(' ') + '"/>'
        + '<circle class="best" r="5" cx="' + X(Math.log10(b.n)) + '" cy="'
        + Y(b.loss) + '"/>';
    [1, 2, 5].forEach(function (m) {
        ticks(Math.floor(x0) - 1, Math.ceil(x1)).forEach(function (e) {
            var x = e + Math.log10(m);
            if (x < x0 || x > x1) return;
            svg += '<line class="tick" x1="' + X(x) + '" x2="' + X(x) + '" y1="'
                 + (H - B) + '" y2="' + (H - B + 5) + '"/><text x="' + X(x)
                 + '" y="' + (H - B + 19) + '" text-anchor="middle">'
                 + si(Math.pow(10, x)) + '</text>';
        });
    });
    var step = Math.pow(10, Math.floor(Math.log10((y1 - y0) / 3)));
    while ((y1 - y0) / step > 6) step *= step.toExponential()[0] === '2' ? 2.5 : 2;
    for (i = Math.ceil(y0 / step); i * step <= y1; i++)
        svg += '<line class="tick" x1="' + (L - 5) + '" x2="' + L + '" y1="'
             + Y(i * step) + '" y2="' + Y(i * step) + '"/><text x="' + (L - 9)
             + '" y="' + (Y(i * step) + 4) + '" text-anchor="end">'
             + Number((i * step).toPrecision(10)) + '</text>';
    return svg + '<path class="axis" d="M' + L + ' ' + T + 'V' + (H - B) + 'H'
        + (W - R) + '"/><text x="' + (L + (W - L - R) / 2) + '" y="' + (H - 6)
        + '" text-anchor="middle">parameters N</text><text transform="translate(13 '
        + (T + (H - T - B) / 2) + ') rotate(-90)" text-anchor="middle">loss, nats'
        + '</text></svg>';
}

/* ---- the page -------------------------------------------------------------- */

function show() {
    var a = asked(), law = a.law, b = planner.best(law, law.theta, a.c, NaN, 1e-7);
    $('budget-out').value = power(a.c) + ' FLOP = ' + (a.c > 8.64e17
        ? si(a.c / 8.64e19) : power(a.c / 8.64e19)) + ' PF-days';
    $('devices-out').value = si(a.deal.devices);
    $('mfu-out').value = $('mfu').value + ' %';
    $('serve-out').value = a.serve ? si(a.serve) + ' ' + many(law)
                                    : 'not counted';
    $('unique-out').value = a.unique ? si(a.unique) + ' ' + many(law)
                                      : 'as many as needed';
    if (!b) {
        $('answer').innerHTML = '<p>No best size at this budget: the law\'s loss '
            + 'only falls towards one end. Choose another budget or another law.</p>';
        $('valley').innerHTML = '';
    } else {
        $('answer').innerHTML = say(a, b, planner.over(law.draws, function (t) {
            return planner.best(law, t, a.c, b.u, 1e-4); }));
        $('valley').innerHTML = valley(a, b);
    }
    $('warn').innerHTML = warn(a);
    $('formula').textContent = law.formula;
    $('source').textContent = law.source || '';
}

function fill(id, items) {
    items.forEach(function (item) {
        var o = document.createElement('option');
        o.textContent = item.title || item.name;
        $(id).appendChild(o);
    });
}

function newMachine() {
    var m = machine(), price = (m.price_low + m.price_high) / 2;
    $('price').value = isFinite(price) && price ? digits(price, 3) : '';
    show();
}
function newLaw() {
    $('budget').value = Math.log10(chosen().budget);
    show();
}
/* A study on a laptop begins with one, a published law with what is rented. */
function choose(id, items, name) {
    items.forEach(function (item, i) {
        if (item.name === name) $(id).selectedIndex = i;
    });
}

fill('law', laws);
fill('machine', PLAN.machines);
fill('grid', PLAN.grids);
$('typed').addEventListener('change', function () {
    var c = budgetOf($('typed').value);
    if (c > 0) $('budget').value = Math.log10(c);
    else $('typed').setCustomValidity('like 1e21 or 3640 PF-days');
    $('typed').reportValidity();
    $('typed').setCustomValidity('');
    show();
});
$('law').addEventListener('change', newLaw);
$('machine').addEventListener('change', newMachine);
['budget', 'devices', 'mfu', 'serve', 'unique', 'price', 'pue', 'grid'].forEach(
    function (id) { $(id).addEventListener('input', show); });
choose('machine', PLAN.machines, laws[0].budget < 1e18 ? 'laptop' : 'h100');
choose('grid', PLAN.grids, 'world');
newLaw();
newMachine();
})();
