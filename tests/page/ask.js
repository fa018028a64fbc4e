/* ask.js PAGE LAW FLOP [UNIQUE [SERVE]] - the planner page's own scripts, run
 * without a page: what it would show for the law of that index, as JSON. */
'use strict';
var fs = require('fs'), vm = require('vm');
var html = fs.readFileSync(process.argv[2], 'utf8');
var scripts = html.match(/<script>[^]*?<\/script>/g).map(function (s) {
    return s.slice(8, -9);
});
var world = { Math: Math, console: console };
vm.createContext(world);
vm.runInContext(scripts[0] + '\n' + scripts[1] + '\nthis.PLAN = PLAN; '
                + 'this.planner = planner;', world);
var law = world.PLAN.laws[Number(process.argv[3])], p = world.planner,
    c = Number(process.argv[4]), unique = Number(process.argv[5] || 0),
    serve = Number(process.argv[6] || 0);
law.loss = p.compile(law);
var best = p.best(law, law.theta, c, NaN, 1e-8);
var of = best && p.over(law.draws, function (t) {
    return p.best(law, t, c, best.u, 1e-4);
});
console.log(JSON.stringify({
    name: law.name, best: best, n: best && of('n'),
    limited: unique ? p.bestLimited(law, law.theta, c, unique) : null,
    served: serve ? p.bestServed(law, law.theta, best.loss, serve, best.u) : null,
    bill: p.bill({ peak: 989e12, mfu: 0.4, devices: 8, price: 3, watts: 700,
                   pue: 1.1, kg_per_kwh: 0.4 }, c),
}));
