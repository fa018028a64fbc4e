FIG(isoflop, "IsoFLOP curves", 1,
    "Each colour is one budget of compute, spent on models of different size: "
    "too small a model learns too little from much text, too large a one sees "
    "too little text. The curve is a parabola in ln N, the diamond its lowest "
    "point with its interval. Hollow circles were held out: the dashed curve "
    "was drawn before they were trained.",
    "other shapes of the same size, other learning rates or batch sizes, and "
    "the scatter between seeds.")
FIG(curves, "Learning curves and their envelope", 1,
    "Every run from the end of its warm-up on, coloured by size. The envelope "
    "is the least loss that any run had reached at a given compute: approach "
    "1 reads the best size off it.",
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
FIG(residuals, "What the law leaves over", 2,
    "Measured over fitted loss, for the law that the study stands by. A good "
    "law leaves a cloud without shape; a slope or a bow here will be an error "
    "when the law is asked about larger models.",
    "errors that size and data do not explain, such as a learning rate that "
    "suits one size better than another.")
FIG(allocation, "The best size for a budget", 1,
    "Three ways to ask the same runs how large a model should be, each with "
    "its 95 % band. Where the bands part, the runs do not settle the question. "
    "In the shaded part nothing was fitted; the hollow circle is where the "
    "held-out runs then put the best size.",
    "what choosing wrong would cost: the IsoFLOP curves show how flat or steep "
    "each minimum is.")
FIG(holdout, "Predicted before training, then measured", 2,
    "Left: what the law expected of the held-out budget, with the interval "
    "for a single run, and what came. Right: the error of each prediction, "
    "by every fit.",
    "whether the law holds further out: the held-out budget is only a step "
    "beyond the fitted ones.")
