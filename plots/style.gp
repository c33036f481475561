# SPDX-License-Identifier: GPL-3.0-or-later
# style.gp - what every picture's script begins with: terminal, title, frame, colours, the forms of money.
#
#   gnuplot -d -c SCRIPT DATA OUT svg|png [TITLE [SUBTITLE]]
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

# The tick of an axis that reaches `most` in steps of `step`: "$1,234" below $10k, "$12k" or "$12.5k" from there on.
grouped(x) = x < 1000 ? sprintf("%d", x) : sprintf("%d,%03d", int(x) / 1000, int(x) % 1000)
tick_unit(most) = most >= 1e4 ? unit(most) : 1.0
places(step) = step > 0.9999 ? abs(step - floor(step + 1e-6)) < 1e-6 ? 0 : 1 : int(ceil(-log10(step) - 1e-6))
tick_form(x, u, step) = u == 1 && step > 0.9999 ? grouped(floor(x + 0.5)) : sprintf("%.*f", places(step / u), x / u)
money_tick(x, most, step) = abs(x) < step * 1e-6 ? "$0" : \
    (x < 0 ? "-$" : "$").tick_form(abs(x), tick_unit(most), step).suffix(tick_unit(most))
share_tick(x, step) = sprintf("%.*f %%", step > 0.00999 ? 0 : step > 0.00099 ? 1 : 2, x * 100)

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
