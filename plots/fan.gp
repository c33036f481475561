# SPDX-License-Identifier: GPL-3.0-or-later
# fan.gp - cumulative spend as a fan of quantiles against a budget.
#
#   gnuplot -d -c fan.gp DATA OUT svg|png [TITLE [SUBTITLE]]
#
# DATA is tab-separated: '#' lines, a header row, then day, low, median, high and perhaps budget, in USD.  The texts
# come as arguments and are only ever string values: gnuplot expands nothing in them.

if (ARGC < 3) { print "usage: gnuplot -d -c fan.gp DATA OUT svg|png [TITLE [SUBTITLE]]"; exit status 2 }

set encoding utf8
set decimalsign "."
set locale "C"
set datafile separator "\t"
set datafile columnheaders
set datafile missing "NaN"

# One face for both forms; an SVG names fallbacks, as the reader's machine draws it.
if (ARG3 eq "png") {
    set terminal pngcairo size 1200,700 fontscale 1.12 font "DejaVu Sans,11" \
        noenhanced linewidth 1.35 background "#ffffff"
} else {
    fonts = "DejaVu Sans,Segoe UI,Helvetica,Arial,sans-serif,12"
    set terminal svg size 900,520 font fonts noenhanced linewidth 1.1 background "#ffffff"
}
set output ARG2

# Okabe-Ito colours: blue and vermilion stay apart for every kind of colour vision (Wong, Nature Methods 8:441, 2011).
blue = "#0072b2"
pale = "#c7e0ee"
vermilion = "#d55e00"
ink = "#333333"
faint = "#e4e4e4"
grey = "#6f6f6f"

# A text that would run over the edge is cut here only, never in the data.
shown(text, most) = strlen(text) > most ? text[1:most - 1]."…" : text
# "$41.2k", "$94.00", "$0.0123".
unit(x) = abs(x) >= 1e9 ? 1e9 : abs(x) >= 1e6 ? 1e6 : abs(x) >= 1e3 ? 1e3 : 1.0
suffix(u) = u == 1e9 ? "B" : u == 1e6 ? "M" : u == 1e3 ? "k" : ""
digits(x, u) = x < 0.1 ? "%.4f" : u == 1 && x < 100 || x / u < 10 ? "%.2f" : u > 1 && x / u < 100 ? "%.1f" : "%.0f"
dollars(x) = x == 0 ? "$0" : "$".gprintf(digits(abs(x), unit(x)), x / unit(x)).suffix(unit(x))

# One pass over the data: ids of the quantile columns, first and last day, largest amount, amounts on the last day.
low_id = high_id = ""
first_day = last_day = 0
top = low_end = median_end = high_end = budget_end = 0.0
day = 86400
larger(a, b) = a > b ? a : b
stats ARG1 using (last_day = strptime("%Y-%m-%d", strcol(1)), first_day = ($0 == 0 ? last_day : first_day), \
    low_id = columnhead(2), high_id = columnhead(4), low_end = column(2), median_end = column(3), \
    high_end = column(4), top = larger(top, column(4)), 0) nooutput
has_budget = STATS_columns > 4
if (has_budget) {
    stats ARG1 using (budget_end = column(5), top = larger(top, column(5)), 0) nooutput
}
if (top <= 0) { top = 1.0 }
scale = unit(top * 1.05)
single = last_day == first_day
pad = single ? day : 0

# Title, subtitle and key stand above the frame.
set tmargin (ARG3 eq "png" ? 7.2 : 5.9)
set lmargin 12
set rmargin 4
set bmargin 4
set label 1 shown(ARG4, 72) at graph 0, screen 0.955 left noenhanced font ",15" textcolor rgb ink
set label 2 shown(ARG5, 130) at graph 0, screen 0.905 left noenhanced font ",10" textcolor rgb grey
# The SVG terminal takes letters for wider than they are.
set key at graph 0, screen 0.868 left top horizontal maxrows 1 Left reverse noenhanced \
    samplen 2.4 width (ARG3 eq "png" ? -1 : -5) textcolor rgb ink

set border 1 linecolor rgb grey
set grid ytics linetype 1 linecolor rgb faint linewidth 0.8
set tics nomirror scale 0.4 textcolor rgb grey
set xdata time
set timefmt "%Y-%m-%d"
set xrange [first_day - pad:last_day + pad]
set yrange [0:top * 1.05 / scale]
set format y "$%g".suffix(scale)
set ytics scale 0 add ("$0" 0)
set ylabel "cumulative spend" offset 0.5, 0 textcolor rgb grey

# Ticks on days people plan by: single days, Mondays or firsts of months.  The first of each year names it.
label_year = 0
named(t, form) = tm_year(t) == label_year ? strftime(form, t) : \
    (label_year = tm_year(t), sprintf("%s\n%d", strftime(form, t), label_year))
span = (last_day - first_day) / day
set xtics scale 0.5 ()
if (span <= 14) {
    do for [i = 0:span:(span > 8 ? 2 : 1)] { t = first_day + i * day; set xtics add (named(t, "%d %b") t) }
} else { if (span <= 120) {
    step = span <= 70 ? 7 : 14
    t = first_day
    while (tm_wday(t) != 1) { t = t + day }
    while (t <= last_day) { set xtics add (named(t, "%d %b") t); t = t + step * day }
} else {
    months = span / 30.44
    step = months <= 13 ? 1 : months <= 26 ? 2 : months <= 39 ? 3 : months <= 78 ? 6 : 12
    y = int(tm_year(first_day)); m = int(tm_mon(first_day)) + (tm_mday(first_day) > 1)
    t = strptime("%Y-%m-%d", sprintf("%d-%02d-01", y + m / 12, m % 12 + 1))
    while (t <= last_day) {
        if (m % step == 0) { set xtics add (named(t, "%b") t) }
        m = m + 1
        t = strptime("%Y-%m-%d", sprintf("%d-%02d-01", y + m / 12, m % 12 + 1))
    }
} }

# The column ids carry the levels: "p10_usd".
level(id) = "P".id[2:strstrt(id, "_") - 1]

# The key is written apart, in the order people ask.  A single day has no line: its range is a bar.
plot ARG1 using 1:(column(2) / scale):(column(4) / scale) with filledcurves \
        fillstyle solid 1.0 noborder linecolor rgb pale notitle, \
    for [i = 1:single] ARG1 using 1:(column(3) / scale):(column(2) / scale):(column(4) / scale) with yerrorbars \
        pointtype 7 linewidth 2.4 linecolor rgb blue notitle, \
    ARG1 using 1:(column(3) / scale) with lines linewidth 2.4 linecolor rgb blue notitle, \
    for [i = 1:has_budget] ARG1 using 1:(column(5) / scale) with lines \
        dashtype (9, 5) linewidth 2 linecolor rgb vermilion notitle, \
    keyentry with lines linewidth 2.4 linecolor rgb blue \
        title strftime("Median by %d %b %Y: ", last_day).dollars(median_end), \
    keyentry with boxes fillstyle solid 1.0 noborder linecolor rgb pale \
        title level(low_id)." to ".level(high_id).": ".dollars(low_end)." to ".dollars(high_end), \
    for [i = 1:has_budget] keyentry with lines dashtype (9, 5) linewidth 2 linecolor rgb vermilion \
        title "Budget: ".dollars(budget_end)
unset output
