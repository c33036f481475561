/* SPDX-License-Identifier: GPL-3.0-or-later */
/* elementary.h - exp, log, pow and the normal distribution from + - * / and sqrt alone, so that every compiler, CPU
 * feature set and C library gives the same bits (glibc's own change with the CPU).
 *
 * The bodies are inline, without tables, calls or conversions to integer: the simulation kernels call them in loops
 * that compilers vectorise (gcc only with -fno-trapping-math; the bits do not depend on it).  Each argument has a
 * defined result, NaN and infinities included; subnormal numbers count as 0.  The accuracy stated at each function
 * is asserted by the tests against libm and GSL.  Build with -ffp-contract=off.
 *
 * Polynomials without a source named at them interpolate the function at Chebyshev nodes, computed in 60 digits. */
#ifndef SC_STATS_ELEMENTARY_H
#define SC_STATS_ELEMENTARY_H

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

/* as doubles, which the macros of math.h are not */
#define SC_INF ((double)INFINITY)
#define SC_NAN ((double)NAN)

#define SC_LN2_HI 0x1.62e42fee00000p-1  /* 32 bits, so that an exponent times it is exact */
#define SC_LN2_LO 0x1.a39ef35793c76p-33 /* ln 2 - SC_LN2_HI */

static inline uint64_t sc_double_bits(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double sc_double_of_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* x with the lower 27 bits of its significand cleared: the product of two such numbers is exact. */
static inline double sc_upper_half(double x) { return sc_double_of_bits(sc_double_bits(x) & ~(uint64_t)0x7ffffff); }

/* 2^n for a whole n in [-1022, 1023]: adding 1.5 * 2^52 leaves n + bias in the lowest bits of the significand. */
static inline double sc_power_of_two(double n)
{
    return sc_double_of_bits(sc_double_bits(n + (0x1.8p52 + 1023.0)) << 52);
}

/* e^x: within 1 ulp; 0 below -708.396 (where the result would be subnormal), +inf above 709.783. */
static inline double sc_exp(double x)
{
    const double nearest = 0x1.8p52; /* adding and subtracting it rounds to a whole number */
    double y = x > 710.0 ? 710.0 : x;
    y = y < -710.0 ? -710.0 : y;

    /* Cody and Waite 1980: e^x = 2^n e^r, |r| <= ln(2) / 2 */
    double n = (y * 0x1.71547652b82fep+0 + nearest) - nearest;
    double hi = y - n * SC_LN2_HI, lo = n * SC_LN2_LO;
    double r = hi - lo;

    /* (e^r - 1 - r) / r^2 */
    double q = 2.5100424157005067e-08;
    q = q * r + 2.7620138719733994e-07;
    q = q * r + 2.7557268378684192e-06;
    q = q * r + 2.480152119021773e-05;
    q = q * r + 0.00019841269863105968;
    q = q * r + 0.0013888888917281794;
    q = q * r + 0.008333333333330051;
    q = q * r + 0.04166666666662399;
    q = q * r + 0.16666666666666669;
    q = q * r + 0.5000000000000001;
    double e = 1.0 + (hi - (lo - r * r * q));

    /* two steps, as 2^1024 is no double */
    double half = (n * 0.5 + nearest) - nearest;
    double result = e * sc_power_of_two(half) * sc_power_of_two(n - half);
    return x < -708.3964185322641 ? 0.0 : result;
}

/* An unevaluated sum; lo need not be below an ulp of hi. */
typedef struct sc_two {
    double hi, lo;
} sc_two;

/* ln x for normal positive finite x, to about 58 bits. */
static inline sc_two sc_log_parts(double x)
{
    /* x = 2^k (1 + f), sqrt(1/2) <= 1 + f < sqrt(2) */
    const uint64_t root_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000, significand = 0x000fffffffffffff;
    uint64_t u = sc_double_bits(x) + (one - root_half);
    double k = sc_double_of_bits((u >> 52) | 0x4330000000000000) - (0x1p52 + 1023.0);
    double f = sc_double_of_bits((u & significand) + root_half) - 1.0;

    /* ln(1 + f) = 2 atanh(s) = f - f^2/2 + s (f^2/2 + t), t = s^2 (2/3 + 2/5 s^2 + ...) */
    double s = f / (2.0 + f);
    double z = s * s;
    double t = 0.146171283998073;
    t = t * z + 0.15331666676597175;
    t = t * z + 0.1818289077802613;
    t = t * z + 0.22222211112104948;
    t = t * z + 0.2857142862611452;
    t = t * z + 0.399999999998992;
    t = t * z + 0.666666666666667;
    t = t * z;
    double square = 0.5 * f * f;

    /* Dekker 1971: the rounding errors of f - square and of k ln2 + hi, exactly */
    double hi = f - square;
    double lo = ((f - hi) - square) + s * (square + t);
    double whole = k * SC_LN2_HI;
    double sum = whole + hi;
    return (sc_two){sum, (hi - (sum - whole)) + (lo + k * SC_LN2_LO)};
}

/* ln x: within 1 ulp; -inf at 0, NaN below, +inf at +inf. */
static inline double sc_log(double x)
{
    sc_two l = sc_log_parts(x);
    double result = x < SC_INF ? l.hi + l.lo : x;
    result = x < DBL_MIN ? -SC_INF : result;
    return x <= -DBL_MIN ? SC_NAN : result;
}

/* x^y = exp(y ln x) for x >= 0: relative error at most 2e-15 for |y ln x| < 50; pow(x, 0) = pow(1, y) = 1; pow(0, y
 * > 0) = 0; NaN for x < 0 (whole y included) unless y = 0. */
static inline double sc_pow(double x, double y)
{
    sc_two l = sc_log_parts(x);
    double log_x = sc_log(x);
    double product = y * log_x;

    /* what ln x and the product lost in rounding; meaningless, and not needed, where the result is 0 or infinite */
    double lost_log = (l.hi - log_x) + l.lo;
    double y_hi = sc_upper_half(y), log_hi = sc_upper_half(log_x);
    double y_lo = y - y_hi, log_lo = log_x - log_hi;
    double lost = (((y_hi * log_hi - product) + y_hi * log_lo) + y_lo * log_hi) + y_lo * log_lo + y * lost_log;
    lost = fabs(product) < 720.0 ? lost : 0.0;

    double e = sc_exp(product);
    double result = e < SC_INF ? e + e * lost : e;
    result = x == 1.0 ? 1.0 : result;
    return y == 0.0 ? 1.0 : result;
}

/* Mills' ratio over sqrt(2 pi), e^(x^2/2) Phi(-x), for x >= 0: relative error at most 2e-15.
 *
 * (1 + x) times it is smooth in t = (x - 6) / (x + 6) over the whole half-line: M. M. Shepherd, J. G. Laframboise,
 * "Chebyshev approximation of (1 + 2x) exp(x^2) erfc(x) in 0 <= x < inf", Math. Comp. 36 (1981). */
static inline double sc_normal_mills(double x)
{
    double t = (x - 6.0) / (x + 6.0);
    /* the last digit of the constant term makes Phi(0) 1/2 exactly */
    double p = 9.072118880883672e-10;
    p = p * t + 1.891573355826865e-09;
    p = p * t - 1.3348428429673093e-08;
    p = p * t - 1.6054454350759872e-08;
    p = p * t + 1.2886741151526763e-07;
    p = p * t - 7.053703296952852e-09;
    p = p * t - 9.965027458493566e-07;
    p = p * t + 1.7901577293457418e-06;
    p = p * t + 4.410683183593414e-06;
    p = p * t - 2.6357208601164308e-05;
    p = p * t + 3.779552573184943e-05;
    p = p * t + 0.0001194911328573204;
    p = p * t - 0.0008689948112788675;
    p = p * t + 0.002935655153541521;
    p = p * t - 0.0070598194001311254;
    p = p * t + 0.013246864208744468;
    p = p * t - 0.01976647922166213;
    p = p * t + 0.022592467058219476;
    p = p * t - 0.016141517332133093;
    p = p * t - 0.0043733867794175365;
    p = p * t + 0.03981142456242907;
    p = p * t - 0.08502536230577272;
    p = p * t + 0.453455200271128;
    return p / (1.0 + x);
}

/* e^(-x^2/2), with the rounding error of x^2 put back: relative error at most 1e-15 down to 1e-300. */
static inline double sc_normal_hump(double x)
{
    double y = fabs(x) > 40.0 ? 40.0 : x; /* 0 from 37.64 on; the bound keeps infinities out of the differences */
    double hi = sc_upper_half(y), lo = y - hi;
    double square = y * y;
    double lost = ((hi * hi - square) + 2.0 * hi * lo) + lo * lo;
    double e = sc_exp(-0.5 * square);
    return e - e * (0.5 * lost);
}

/* Phi(z): relative error at most 4e-15 in both tails down to z = -37.5; 0 below -37.64. */
static inline double sc_normal_cdf(double z)
{
    double x = fabs(z) > 40.0 ? 40.0 : fabs(z);
    double tail = sc_normal_hump(x) * sc_normal_mills(x);
    return z > 0.0 ? 1.0 - tail : tail;
}

/* The three regions of AS 241: |p - 1/2| <= 0.425 and, by r = sqrt(-ln min(p, 1 - p)), r <= 5 and above. */
static inline double sc_as241_central(double q)
{
    double r = 0.180625 - q * q;
    double num = 2.5090809287301226727e3;
    num = num * r + 3.3430575583588128105e4;
    num = num * r + 6.7265770927008700853e4;
    num = num * r + 4.5921953931549871457e4;
    num = num * r + 1.3731693765509461125e4;
    num = num * r + 1.9715909503065514427e3;
    num = num * r + 1.3314166789178437745e2;
    num = num * r + 3.3871328727963666080e0;
    double den = 5.2264952788528545610e3;
    den = den * r + 2.8729085735721942674e4;
    den = den * r + 3.9307895800092710610e4;
    den = den * r + 2.1213794301586595867e4;
    den = den * r + 5.3941960214247511077e3;
    den = den * r + 6.8718700749205790830e2;
    den = den * r + 4.2313330701600911252e1;
    den = den * r + 1.0;
    return q * num / den;
}

static inline double sc_as241_tail(double root)
{
    double r = root - 1.6;
    double num = 7.74545014278341407640e-4;
    num = num * r + 2.27238449892691845833e-2;
    num = num * r + 2.41780725177450611770e-1;
    num = num * r + 1.27045825245236838258e0;
    num = num * r + 3.64784832476320460504e0;
    num = num * r + 5.76949722146069140550e0;
    num = num * r + 4.63033784615654529590e0;
    num = num * r + 1.42343711074968357734e0;
    double den = 1.05075007164441684324e-9;
    den = den * r + 5.47593808499534494600e-4;
    den = den * r + 1.51986665636164571966e-2;
    den = den * r + 1.48103976427480074590e-1;
    den = den * r + 6.89767334985100004550e-1;
    den = den * r + 1.67638483018380384940e0;
    den = den * r + 2.05319162663775882187e0;
    den = den * r + 1.0;
    return num / den;
}

static inline double sc_as241_far_tail(double root)
{
    double r = root - 5.0;
    double num = 2.01033439929228813265e-7;
    num = num * r + 2.71155556874348757815e-5;
    num = num * r + 1.24266094738807843860e-3;
    num = num * r + 2.65321895265761230930e-2;
    num = num * r + 2.96560571828504891230e-1;
    num = num * r + 1.78482653991729133580e0;
    num = num * r + 5.46378491116411436990e0;
    num = num * r + 6.65790464350110377720e0;
    double den = 2.04426310338993978564e-15;
    den = den * r + 1.42151175831644588870e-7;
    den = den * r + 1.84631831751005468180e-5;
    den = den * r + 7.86869131145613259100e-4;
    den = den * r + 1.48753612908506148525e-2;
    den = den * r + 1.36929880922735805310e-1;
    den = den * r + 5.99832206555887937690e-1;
    den = den * r + 1.0;
    return num / den;
}

/* Phi^-1(p): M. J. Wichura, Algorithm AS 241 (PPND16), Applied Statistics 37 (1988); relative error at most 2e-15
 * (as a function of the double p).  -inf at 0, +inf at 1, NaN outside. */
static inline double sc_normal_quantile(double p)
{
    double q = p - 0.5;
    double nearer = q < 0.0 ? p : 1.0 - p;
    double root = sqrt(-sc_log(nearer));
    double tail = root <= 5.0 ? sc_as241_tail(root) : sc_as241_far_tail(root);
    tail = root < SC_INF ? tail : root;
    double outer = q < 0.0 ? -tail : tail;
    return fabs(q) <= 0.425 ? sc_as241_central(q) : outer;
}

/* The same for u from sc_u01_32, bit for bit, without the far tail that 2^-33 <= u <= 1 - 2^-33 never reaches. */
static inline double sc_normal_quantile_32(double u)
{
    double q = u - 0.5;
    double nearer = q < 0.0 ? u : 1.0 - u;
    sc_two l = sc_log_parts(nearer);
    double tail = sc_as241_tail(sqrt(-(l.hi + l.lo)));
    double outer = q < 0.0 ? -tail : tail;
    return fabs(q) <= 0.425 ? sc_as241_central(q) : outer;
}

/* ln Gamma(x), x > 0: relative error at most 1e-13, absolute 1e-14 around the zeros at 1 and 2.  +inf at 0, NaN
 * below. */
double sc_log_gamma(double x);

#endif
