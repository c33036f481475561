# SPDX-License-Identifier: GPL-3.0-or-later
# fan.gp - cumulative spend as a fan of quantiles against a budget.
#
# DATA: day, low, median, high and perhaps budget, in USD.

set datafile missing "NaN"

# One pass over the data: ids of the quantile columns, first and last day, largest amount, amounts on the last day.
low_id = high_id = ""
first_day = last_day = 0
most = low_end = median_end = high_end = budget_end = 0.0
day = 86400
stats ARG1 using (last_day = strptime("%Y-%m-%d", strcol(1)), first_day = ($0 == 0 ? last_day : first_day), \
    low_id = columnhead(2), high_id = columnhead(4), low_end = column(2), median_end = column(3), \
    high_end = column(4), most = larger(most, column(4)), 0) nooutput
has_budget = STATS_columns > 4
if (has_budget) {
    stats ARG1 using (budget_end = column(5), most = larger(most, column(5)), 0) nooutput
}
if (most <= 0) { most = 1.0 }
scale = unit(most * 1.05)
single = last_day == first_day
pad = single ? day : 0

# The SVG terminal takes letters for wider than they are.
set key at graph 0, screen down(69) left top horizontal maxrows 1 Left reverse noenhanced \
    samplen 2.4 width (ARG3 eq "png" ? -1 : -5) textcolor rgb ink

set xdata time
set timefmt "%Y-%m-%d"
set xrange [first_day - pad:last_day + pad]
set yrange [0:most * 1.05 / scale]
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
