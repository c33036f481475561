# SPDX-License-Identifier: GPL-3.0-or-later
# style.gp - what every picture's script begins with: terminal, title, frame, colours, the forms of money.
#
#   gnuplot -d -c SCRIPT DATA OUT svg|png [TITLE [SUBTITLE [X-LABEL Y-LABEL]]]
#
# DATA is tab-separated: '#' lines, a header row, rows.  The texts come as arguments and are only ever string values:
# gnuplot expands nothing in them.  SCRIPT is the numbers of one picture (its width and height, its frame, its axes: set
# before this line), this file and a template.

if (ARGC < 3) { print "usage: gnuplot -d -c SCRIPT DATA OUT svg|png [TITLE [SUBTITLE]]"; exit status 2 }

set encoding utf8
set decimalsign "."
set locale "C"
set datafile separator "\t"
set datafile columnheaders

# Okabe-Ito colours: they stay apart for every kind of colour vision (Wong, Nature Methods 8:441, 2011).
blue = "#0072b2"
vermilion = "#d55e00"
green = "#009e73"
orange = "#e69f00"
purple = "#cc79a7"
pale = "#c7e0ee"
ink = "#333333"
faint = "#e4e4e4"
grey = "#6f6f6f"

# A text that would run over the edge is cut here only, never in the data.
shown(text, most) = strlen(text) > most ? text[1:most - 1]."…" : text
larger(a, b) = a > b ? a : b

# "$41.2k", "$94.00", "$0.0123", "-$3.50".
unit(x) = abs(x) >= 1e9 ? 1e9 : abs(x) >= 1e6 ? 1e6 : abs(x) >= 1e3 ? 1e3 : 1.0
suffix(u) = u == 1e9 ? "B" : u == 1e6 ? "M" : u == 1e3 ? "k" : ""
digits(x, u) = x < 0.1 ? "%.4f" : u == 1 && x < 100 || x / u < 10 ? "%.2f" : u > 1 && x / u < 100 ? "%.1f" : "%.0f"
positive_dollars(x) = "$".gprintf(digits(x, unit(x)), x / unit(x)).suffix(unit(x))
dollars(x) = x == 0 ? "$0" : (x < 0 ? "-" : "").positive_dollars(abs(x))

# The whole amount, as tables print it: "$94.00", "-$1,234", "$123,456,789".
thousands(x) = floor(x / 1000)
grouped(x) = x < 1000 ? sprintf("%d", int(x)) : grouped(thousands(x)).sprintf(",%03d", int(x - 1000 * thousands(x)))
whole_dollars(x) = abs(x) < 99.995 ? dollars(x) : (x < 0 ? "-$" : "$").grouped(floor(abs(x) + 0.5))

# The tick of an axis that reaches `most` in steps of `step`: "$1,234" below $10k, "$12k" or "$12.5k" from there on.
tick_unit(most) = most >= 1e4 ? unit(most) : 1.0
places(step) = step > 0.9999 ? abs(step - floor(step + 1e-6)) < 1e-6 ? 0 : 1 : int(ceil(-log10(step) - 1e-6))
fixed_at(decimals, x) = sprintf(sprintf("%%.%df", decimals), x)
money_places(u, step) = u == 1 ? larger(places(step), 2) : places(step / u)
tick_form(x, u, step) = u == 1 && step > 0.9999 ? grouped(floor(x + 0.5)) : fixed_at(money_places(u, step), x / u)
money_tick(x, most, step) = abs(x) < step * 1e-6 ? "$0" : \
    (x < 0 ? "-$" : "$").tick_form(abs(x), tick_unit(most), step).suffix(tick_unit(most))
# A label of a tick is a form itself, so that its sign is doubled.
share_tick(x, step) = fixed_at(step > 0.00999 ? 0 : step > 0.00099 ? 1 : 2, x * 100)." %%"

# One face for both forms; an SVG names fallbacks, as the reader's machine draws it.
if (ARG3 eq "png") {
    set terminal pngcairo size int(width * 4 / 3 + 0.5), int(height * 4 / 3 + 0.5) fontscale 1.12 \
        font "DejaVu Sans,11" noenhanced linewidth 1.35 background "#ffffff"
} else {
    fonts = "DejaVu Sans,Segoe UI,Helvetica,Arial,sans-serif,12"
    set terminal svg size int(width), int(height) font fonts noenhanced linewidth 1.1 background "#ffffff"
}
set output ARG2

# Places in pixels of the SVG, from its top left corner.  Title and subtitle stand above the frame.
across(px) = px / width
down(px) = 1 - px / height
set lmargin at screen across(left)
set rmargin at screen across(right)
set tmargin at screen down(top)
set bmargin at screen down(bottom)
title_left = left > 120 ? 24 : left
set label 1 shown(ARG4, (width - title_left) / 11.3) at screen across(title_left), down(24) \
    left noenhanced font ",15" textcolor rgb ink
set label 2 shown(ARG5, (width - title_left) / 6.2) at screen across(title_left), down(50) \
    left noenhanced font ",10" textcolor rgb grey

set border 1 linecolor rgb grey
set grid ytics linetype 1 linecolor rgb faint linewidth 0.8
set tics nomirror scale 0.4 textcolor rgb grey
unset key

# Axes of the pictures that have plain ones: money, shares or numbers in round steps; logarithmic ones at 1, 10, 100,
# and at 2 and 5 between them where there are few.
fixed(x) = x == 0 ? "0" : abs(x) >= 1e-4 && abs(x) < 1e4 ? sprintf("%g", x) : gprintf("%.4g", x)
tick(x, most, step, kind) = kind == 0 ? money_tick(x, most, step) : kind == 1 ? share_tick(x, step) : fixed(x)
log_tick(x, kind) = kind == 0 ? money_tick(x, x, x) : kind == 1 ? share_tick(x, x) : fixed(x)
between(x, low, high) = x >= low * 0.999999 && x <= high * 1.000001
if (exists("x_low")) {
    set xrange [x_low:x_high]
    set xtics scale 0.5 ()
    set xlabel ARG6 noenhanced textcolor rgb grey
    if (x_log) {
        set logscale x
        decades = log10(x_high / x_low)
        do for [k = floor(log10(x_low)):ceil(log10(x_high))] { do for [m in "1 2 5"] {
            t = m * 10.0**k
            if (between(t, x_low, x_high) && (m == 1 || decades < 3.2)) { set xtics add (log_tick(t, x_unit) t) }
        } }
    } else {
        do for [i = ceil(x_low / x_step - 0.001):floor(x_high / x_step + 0.001)] {
            t = i * x_step
            set xtics add (tick(t, x_high, x_step, x_unit) t)
        }
    }
}
if (exists("y_low")) {
    set yrange [y_low:y_high]
    set ytics scale 0 ()
    set ylabel ARG7 noenhanced offset -0.3, 0 textcolor rgb grey
    do for [i = 0:floor((y_high - y_low) / y_step + 0.01)] {
        t = y_low + i * y_step
        set ytics add (tick(t, y_high, y_step, y_unit) t)
    }
}
# Shares of the frame, for what is placed by its look.
set x2range [0:1]
set y2range [0:1]
x_at(x) = x_log > 0 ? log10(x / x_low) / log10(x_high / x_low) : (x - x_low) / (x_high - x_low)
y_at(y) = (y - y_low) / (y_high - y_low)
# Room that a small text takes in a row of keys, with its mark.
key_room(text) = 16 + strlen(text) * 6.5 + 15

# Pictures of rows: the frame is the whole picture, in pixels from its top left corner, and the template draws the rest.
if (exists("pixels")) {
    set lmargin at screen 0
    set rmargin at screen 1
    set tmargin at screen 1
    set bmargin at screen 0
    set xrange [0:width]
    set yrange [height:0]
    unset border
    unset grid
    unset xtics
    unset ytics
    unset xlabel
    unset ylabel
}
