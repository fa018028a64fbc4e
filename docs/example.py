"""Read a fit and predict with it: Python's own ctypes, nothing to build.

    python3 example.py fit.json 1e9 20e9        N and D of the run
    LIBSCALELAW=/path/to/libscalelaw.so.0       where it is not installed
"""

import ctypes as c
import os
import sys


class Error(c.Structure):
    _fields_ = [("kind", c.c_int), ("text", c.c_char * 1024)]


class Interval(c.Structure):
    _fields_ = [("value", c.c_double), ("low", c.c_double), ("high", c.c_double)]

    def __str__(self):
        return "%.5f (%.5f to %.5f)" % (self.value, self.low, self.high)


sl = c.CDLL(os.environ.get("LIBSCALELAW", "libscalelaw.so.0"))
sl.sl_fit_read.restype = c.c_void_p
sl.sl_fit_read.argtypes = [c.c_char_p, c.POINTER(Error)]
sl.sl_fit_predict.restype = c.c_bool
sl.sl_fit_predict.argtypes = [c.c_void_p, c.POINTER(c.c_double), c.POINTER(Interval),
                              c.POINTER(Interval), c.POINTER(Error)]
sl.sl_fit_words.restype = c.c_char_p
sl.sl_fit_words.argtypes = sl.sl_fit_free.argtypes = [c.c_void_p]
sl.sl_fit_free.restype = None

error, law, run = Error(), Interval(), Interval()
fit = sl.sl_fit_read(sys.argv[1].encode(), error)
at = (c.c_double * 2)(float(sys.argv[2]), float(sys.argv[3]))
if not fit or not sl.sl_fit_predict(fit, at, law, run, error):
    sys.exit(error.text.decode())
print(sl.sl_fit_words(fit).decode())
print("law %s" % law)
print("run %s" % run)
sl.sl_fit_free(fit)
