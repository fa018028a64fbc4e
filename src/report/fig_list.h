FIG(isoflop, "IsoFLOP curves", 1,
    "Each colour is one budget of compute, spent on models of different size: "
    "too small a model learns too little from much text, too large a one sees "
    "too little text. The solid curve is a parabola in ln N, the diamond its "
    "lowest point with its interval; the dashed curve is what the fitted law "
    "says of the same budget. Hollow circles were held out: their dashed curve "
    "was drawn before they were trained.",
    "other shapes of the same size, other learning rates or batch sizes, and "
    "the scatter between seeds.")
FIG(allocation, "The best size and data for a budget", 3,
    "Three ways to ask the same runs how large a model should be and how long "
    "it should be trained, each with its 95 % band; the diamonds are the minima "
    "of the IsoFLOP curves. Where the bands part, the runs do not settle the "
    "question. In the shaded part nothing was fitted; the hollow circle is "
    "where the held-out runs then put the best size. Dashed: what others found "
    "of other text, with their own counts.",
    "what choosing wrong would cost: the IsoFLOP curves show how flat or steep "
    "each minimum is. Published lines count tokens of their tokenizers and N in "
    "their own way, so that their height is not comparable, their slope is.")
FIG(holdout, "Predicted before training, then measured", 2,
    "Left: what the law expected of the held-out budget, with the interval "
    "for a single run, and what came. Right: the error of each prediction, "
    "by every fit.",
    "whether the law holds further out: the held-out budget is only a step "
    "beyond the fitted ones.")
FIG(slices, "Loss against size, data and compute", 6,
    "Above: the least loss at each size, amount of data and budget; the law "
    "where the other two do not bind; a power law without a floor; and the "
    "floor that the law finds. Below: the local slope. A power law alone would "
    "be level there; a floor bends it down.",
    "L(N) and L(D) themselves were not measured: no run had unlimited data or "
    "size, so that the points lie above the first two lines.")
FIG(curves, "Learning curves and their envelope", 2,
    "Every run from the end of its warm-up on, coloured by size, against "
    "compute and against data. The envelope is the least loss that any run had "
    "reached at a given compute: approach 1 reads the best size off it.",
    "what a run would have reached had it been meant to stop there: on the way "
    "the learning rate has not come down yet, so that losses in the middle of "
    "a curve are too high and the envelope rests on the last parts.")
FIG(surface, "The fitted law over size and data", 1,
    "Contours of equal predicted loss. Along a contour size is exchanged for "
    "data. The line across them joins the best size and data for each budget "
    "(a kink is where depth begins to grow with width); dots are the runs that "
    "were fitted, hollow circles those held out.",
    "how well the law fits: see the residuals. Contours far from any dot are "
    "the law's word alone.")
FIG(residuals, "What the law leaves over", 3,
    "Measured over fitted loss, for the law that the study stands by, with the "
    "standard error of each measurement. A good law leaves a cloud without "
    "shape; a slope or a bow here will be an error when the law is asked about "
    "larger models.",
    "errors that size and data do not explain, such as a learning rate that "
    "suits one size better than another.")
FIG(profiles, "How sharply each constant is settled", 6,
    "One constant is held at one value after another and all others are fitted "
    "anew: how far the fit gets worse. What lies below the line across is "
    "within the 95 % interval, which is written above. A side that never rises "
    "to the line is open: the runs set no limit there.",
    "which constants go together: see the draws in pairs.")
FIG(pairs, "Constants in pairs", 16,
    "Each dot is a refit of resampled runs. A narrow slanted cloud says that "
    "the runs settle a combination of the two constants, and neither alone; "
    "plans depend on the combination.",
    "whether the form of the law is right: every dot assumes it.")
FIG(conventions, "The exponent under every way to count", 1,
    "One set of runs, one method (approach 2), and the exponent of the best "
    "size under each convention for N and for C. The rule stands at one half: "
    "size and data growing alike.",
    "that one of them is right: a convention is a choice, to be said with the "
    "number.")
FIG(rates, "Learning rates", 2,
    "Left: runs that differ in their peak rate alone; the curve is a parabola "
    "about the best rate, the diamond its lowest point with its interval. "
    "Right: how the best rate moves with size.",
    "the best rate for another batch, schedule or length of training.")
FIG(kaplan, "Loss against size, data and compute, each alone", 3,
    "Each panel lets one thing bind: size on much fresh text; a sample of the "
    "text, for the largest model, stopped when its loss turned; compute, at the "
    "best size along all curves, as it was spent and (C_min) had the batch been "
    "far below critical. A power law is straight (dashed); the solid line may "
    "have a floor.",
    "what an endless model or text would give: the largest model still binds "
    "L(D), and the text was seen for so many steps alone.")
FIG(steps, "Size and steps", 3,
    "Left: learning curves while the rate stood at its peak, with the one law "
    "of size and steps through them all. Middle: what it leaves over; a bow "
    "that every size shares is the law's own. Right: the size that is best at "
    "each compute along these curves.",
    "what a rate that comes down would add: all these losses lie above those "
    "of runs that were meant to end there.")
FIG(collapse, "Scarce text at several sizes", 3,
    "Left: the least loss that each size reached on each sample, with the law "
    "of size and data. Middle and right: by how much that lies above the same "
    "size on all the text. If only size over text mattered the right cloud "
    "would be one curve.",
    "other ways to overfit less: each run had the same dropout and weight "
    "decay.")
FIG(batch, "Steps against data, and the critical batch", 2,
    "Left: steps and data that it took to reach a loss, at each batch; curves "
    "are (S/S_min - 1)(E/E_min - 1) = 1. Right: the batch at which both cost "
    "twice their least, against the loss; beside it the largest batch that did "
    "as well in branches from a checkpoint, and the gradient noise scale.",
    "rates tuned for each batch, where only one was tried: then small and large "
    "batches look worse than they are. The noise scale is of plain gradient "
    "descent, which this is not.")
FIG(shape, "Shapes of one size", 3,
    "Models of the same number of parameters and data: one factor of the form "
    "changed at a time, against the shape that all are changes of (or, where "
    "there is none, against the best), with the noise of seeds. Where the cloud "
    "is level the form does not matter.",
    "whether each shape had the rate that suits it.")
FIG(overfit, "Seeing the same text again", 2,
    "Left: how far the least loss lies above the law's for unlimited text, "
    "against size over text, so that all sizes fall on one curve if they "
    "overfit alike. Right: what repeating cost against as much fresh text.",
    "what dropout or weight decay would save.")
FIG(transfer, "What another text was worth", 2,
    "Left: losses after a start from a model of another text, beside the curve "
    "of the same model from nothing. Right: how much of its own text that start "
    "was worth; dashed the law through it.",
    "what a longer or another pre-training would give.")
FIG(position, "Loss along the context", 1,
    "What a model makes of what it has read: the loss at each place in the "
    "context. A curve that goes level has stopped using what lies further "
    "back.",
    "text that needs more context than was given.")
FIG(arch, "Two architectures", 2,
    "Left: every run by its architecture, and what the law of each has for the "
    "best size at a compute. Right: how far the one lies above the other at "
    "each place in the context, the largest of both: a line that rises says "
    "that the one goes on using what it has read and the other does not.",
    "architectures of other depth, and text that needs more context than was "
    "given.")
FIG(floor, "Known entropy and fitted floor", 1,
    "Each source's fitted E against its entropy, with its interval: on the "
    "dashed line the floor of the law is the entropy of the text. Hollow: how "
    "near a run came.",
    "text whose entropy nobody knows, which is all text that matters.")
FIG(domains, "Corpora side by side", 1,
    "Every run by its corpus, in bits per byte, with a power law through the "
    "best at each compute. Parallel lines differ in how hard the text is; lines "
    "that part differ in how it is learned.",
    "one corpus's models on another's text.")
FIG(waterfall, "From one exponent to another", 1,
    "A factor is changed at a time, from the top down; each bar is what that "
    "step accounts for.",
    "what another order of the same steps would give to each.")
FIG(ledger, "Where the compute went", 2,
    "What each group of runs took, the runs of one budget together.",
    "what was spent before this study to choose its settings.")
