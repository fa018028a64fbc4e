/* report.js - what a report can do when it is opened: say what is pointed at,
 * mark a run in every figure, and show the same figures in other units, by
 * another count of parameters, on linear axes. Nothing is drawn anew: axes lie
 * in the page in every variant, made by the program; marks are moved to where
 * the chosen one has them. Without this script the page is whole, and still. */
'use strict';
(function () {
    var holder = document.getElementById('study-data');
    var study = holder ? JSON.parse(holder.textContent) : null;
    var state = { scale: 'log', loss: 'nats', n: study ? study.base : '' };
    var all = function (query, below) {
        return Array.prototype.slice.call(
            (below || document).querySelectorAll(query));
    };

    /* Axes ---------------------------------------------------------------- */

    function axisOf(group) {
        var a = group.getAttribute('data-a').split(' ').map(Number);
        return { group: group, unit: group.getAttribute('data-u'),
                 log: a[0] === 1, low: a[1], high: a[2] };
    }
    function shareOf(axis, value) {
        return axis.log ? Math.log(value / axis.low)
                          / Math.log(axis.high / axis.low)
                        : (value - axis.low) / (axis.high - axis.low);
    }
    function valueOf(axis, share) {
        return axis.log ? axis.low * Math.pow(axis.high / axis.low, share)
                        : axis.low + share * (axis.high - axis.low);
    }
    /* N by another count: straight in logarithms between the sizes trained. */
    function recount(value, from, to) {
        var x = study.n[from], y = study.n[to], i = 1;
        if (from === to) return value;
        if (x.length < 2) return value * y[0] / x[0];
        while (i < x.length - 1 && x[i] < value) i++;
        return y[i - 1] * Math.pow(y[i] / y[i - 1],
                                   Math.log(value / x[i - 1])
                                   / Math.log(x[i] / x[i - 1]));
    }
    function convert(value, base, to, shape) {
        if (base.unit === to.unit || !base.unit) return value;
        if (to.unit === 'bits') return value * study.bits;
        if (shape >= 0) return value * study.each[to.unit][shape]
                                     / study.each[base.unit][shape];
        return recount(value, base.unit, to.unit);
    }
    function wanted(unit) {
        return unit === 'nats' || unit === 'bits' ? state.loss
             : unit ? state.n : '';
    }
    function choose(axes) {
        var unit = wanted(axes[0].unit), best = null;
        axes.forEach(function (a) {
            if (a.unit !== unit) return;
            if (!best || a.log === (state.scale === 'log')) best = a;
        });
        return best;
    }

    /* Panels -------------------------------------------------------------- */

    function Panel(node) {
        var p = node.getAttribute('data-p').split(' ').map(Number);
        this.left = p[0]; this.top = p[1];
        this.width = p[2]; this.height = p[3];
        this.x = all('.ax.x', node).map(axisOf);
        this.y = all('.ax.y', node).map(axisOf);
        var shown = function (a) {
            return !a.group.classList.contains('off');
        };
        this.x0 = this.x.filter(shown)[0];
        this.y0 = this.y.filter(shown)[0];
        this.paths = all('.ln,.bd,.cl,.rl,.sl,.br', node).map(function (n) {
            return { node: n, d: n.getAttribute('d') };
        });
        this.points = all('[data-c]', node).map(function (n) {
            var c = n.getAttribute('data-c').split(' ').map(Number);
            var run = n.getAttribute('data-r');
            return { node: n, x: c[0], y: c[1],
                     shape: run === null ? -1 : study.shape[run] };
        });
        this.notes = all('.note', node).map(function (n) {
            return { node: n, x: Number(n.getAttribute('x')),
                     y: Number(n.getAttribute('y')) };
        });
        this.tags = all('.tag', node).map(function (n) {
            return { node: n, y: Number(n.querySelector('text')
                                         .getAttribute('y')) };
        });
    }
    Panel.prototype.placeX = function (px, shape) {
        var v = valueOf(this.x0, (px - this.left) / this.width);
        return this.left + this.width
             * shareOf(this.x1, convert(v, this.x0, this.x1, shape));
    };
    Panel.prototype.placeY = function (py, shape) {
        var v = valueOf(this.y0, 1 - (py - this.top) / this.height);
        return this.top + this.height
             * (1 - shareOf(this.y1, convert(v, this.y0, this.y1, shape)));
    };
    function pixel(value) {
        return Math.max(-1e4, Math.min(1e4, value || 0)).toFixed(2);
    }
    Panel.prototype.put = function (letter, x, y) {
        return letter + pixel(this.placeX(x, -1)) + ' '
             + pixel(this.placeY(y, -1));
    };
    /* A straight piece may become a curve: it is cut into short ones. */
    Panel.prototype.path = function (d) {
        var self = this, from = null, pieces = d.split('L').length < 20 ? 16 : 1;
        return d.replace(/([ML])(-?[\d.]+) (-?[\d.]+)/g,
                         function (_, letter, x, y) {
            var out = '', to = [Number(x), Number(y)], i, s;
            for (i = 1; letter === 'L' && i < pieces; i++) {
                s = i / pieces;
                out += self.put('L', from[0] + s * (to[0] - from[0]),
                                from[1] + s * (to[1] - from[1]));
            }
            from = to;
            return out + self.put(letter, to[0], to[1]);
        });
    };
    Panel.prototype.show = function () {
        var self = this;
        if (!this.x0 || !this.y0) return;
        this.x1 = choose(this.x) || this.x0;
        this.y1 = choose(this.y) || this.y0;
        this.x.concat(this.y).forEach(function (a) {
            a.group.classList.toggle('off', a !== self.x1 && a !== self.y1);
        });
        var same = this.x1 === this.x0 && this.y1 === this.y0;
        this.paths.forEach(function (p) {
            p.node.setAttribute('d', same ? p.d : self.path(p.d));
        });
        this.points.forEach(function (p) {
            p.node.setAttribute('transform', 'translate('
                + pixel(self.placeX(p.x, p.shape) - p.x) + ' '
                + pixel(self.placeY(p.y, p.shape) - p.y) + ')');
        });
        this.notes.forEach(function (p) {
            p.node.setAttribute('x', pixel(self.placeX(p.x, -1)));
            p.node.setAttribute('y', pixel(self.placeY(p.y, -1)));
        });
        this.tags.forEach(function (p) {
            p.node.setAttribute('transform', 'translate(0 '
                + pixel(self.placeY(p.y, -1) - p.y) + ')');
        });
    };
    var panels = study ? all('svg.fig .panel').map(function (n) {
        return new Panel(n);
    }) : [];

    /* Switches ------------------------------------------------------------ */

    var form = document.getElementById('switches');
    if (form && study) {
        form.hidden = false;
        form.addEventListener('change', function (event) {
            state[event.target.name] = event.target.value;
            panels.forEach(function (p) { p.show(); });
        });
    }

    /* What is pointed at --------------------------------------------------- */

    var tip = document.createElement('div');
    tip.id = 'tip';
    tip.hidden = true;
    document.body.appendChild(tip);
    var words = new Map();
    all('svg.fig').forEach(function (svg) {
        all('title', svg).forEach(function (t) {
            words.set(t.parentNode, t.textContent);
            t.parentNode.removeChild(t);
        });
    });
    function told(node) {
        while (node && node.nodeType === 1 && node.tagName !== 'svg') {
            if (words.has(node)) return node;
            node = node.parentNode;
        }
        return null;
    }
    function say(node, x, y) {
        tip.hidden = !node;
        if (!node) return;
        tip.textContent = words.get(node);
        var w = tip.offsetWidth, h = tip.offsetHeight;
        tip.style.left = Math.max(4, Math.min(x + 12,
            document.documentElement.clientWidth - w - 8)) + 'px';
        tip.style.top = (y - h - 12 > 0 ? y - h - 12 : y + 16) + 'px';
    }
    document.addEventListener('pointerover', function (e) {
        say(told(e.target), e.clientX, e.clientY);
    });

    /* Marking runs ---------------------------------------------------------- */

    var marked = {};
    function mark(run) {
        marked[run] = !marked[run];
        var any = Object.keys(marked).some(function (r) { return marked[r]; });
        all('[data-r="' + run + '"]').forEach(function (n) {
            n.classList.toggle('mark', marked[run]);
            if (n.tagName === 'BUTTON')
                n.setAttribute('aria-pressed', String(marked[run]));
        });
        document.body.classList.toggle('some', any);
    }
    document.addEventListener('click', function (e) {
        var button = e.target.closest && e.target.closest('button.run');
        var node = told(e.target);
        if (button) mark(button.getAttribute('data-r'));
        if (!node) return;
        var figure = node.closest('figure');
        if (figure) figure.querySelector('.tip').textContent = words.get(node);
        if (node.hasAttribute('data-r')) mark(node.getAttribute('data-r'));
    });

    /* By keyboard: arrows go from mark to mark, Enter marks the run. ---------- */

    all('figure svg.fig').forEach(function (svg) {
        var at = -1, marks = null;
        svg.setAttribute('tabindex', '0');
        svg.addEventListener('keydown', function (e) {
            var step = e.key === 'ArrowRight' ? 1 : e.key === 'ArrowLeft' ? -1
                                                                          : 0;
            marks = marks || all('.pt,.ln', svg).filter(function (n) {
                return words.has(n);
            });
            if (e.key === 'Enter' && at >= 0 && marks[at].hasAttribute('data-r'))
                mark(marks[at].getAttribute('data-r'));
            if (!step || !marks.length) return;
            e.preventDefault();
            if (at >= 0) marks[at].classList.remove('at');
            at = (at + step + marks.length) % marks.length;
            marks[at].classList.add('at');
            svg.closest('figure').querySelector('.tip').textContent =
                words.get(marks[at]);
        });
        svg.addEventListener('blur', function () {
            if (at >= 0) marks[at].classList.remove('at');
        });
    });
}());
