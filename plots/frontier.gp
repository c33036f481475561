# SPDX-License-Identifier: GPL-3.0-or-later
# frontier.gp - cost against quality with intervals, the efficient frontier, and a band of too little quality.
#
# DATA: status, name, cost (low, value, high) in USD, quality (low, value, high) as shares, the frontier's quality at
# that cost, where the name stands and where a line from the mark meets it (shares of the frame, NaN = not named, near
# enough), sorted by cost.
# Set before: last_cost, best (where the frontier's last step begins), has_band, band, margin.

statuses = "today advised recommended needs_evidence not_recommended"
texts(i) = i == 4 ? "needs evidence" : i == 5 ? "not recommended" : word(statuses, i)
colour(i) = i == 1 ? "#000000" : i <= 3 ? blue : i == 4 ? vermilion : "#8a8a8a"
tint(i) = i == 1 ? "#8c8c8c" : i == 2 ? "#5aa3cc" : i == 3 ? "#8fc1dd" : i == 4 ? "#eaaf80" : "#b9b9b9"
shape(i) = i == 1 ? 13 : i == 2 ? 7 : i == 3 ? 6 : i == 4 ? 9 : 4
large(i) = i == 1 ? 1.5 : i == 2 ? 1.5 : i == 3 ? 1.05 : i == 4 ? 1.15 : 0.8

# The keys, in a row above the frame; the texts are always the same, so that their widths are measured.
key_x = left
row = 86
do for [i = 1:5] {
    set label 10 + i "" at screen across(key_x + 6), down(row) \
        point pointtype shape(i) pointsize large(i) linewidth 1.4 linecolor rgb colour(i)
    set label 30 + i texts(i) at screen across(key_x + 16), down(row) left noenhanced font ",10" textcolor rgb ink
    key_x = key_x + 16 + word("32 47 82 88 104", i) + 12
}
frontier_text = "efficient frontier"
set arrow 10 from screen across(key_x), down(row) to screen across(key_x + 22), down(row) nohead \
    linewidth 1.6 linecolor rgb green
set label 25 frontier_text at screen across(key_x + 28), down(row) left noenhanced font ",10" textcolor rgb ink
key_x = key_x + 28 + 90 + 12
if (has_band) {
    set object 10 rectangle from screen across(key_x), down(row + 6) to screen across(key_x + 22), down(row - 6) \
        fillstyle solid 1.0 noborder fillcolor rgb "#eeeeee"
    set label 26 margin > 0 ? sprintf("> %.3g points below today", margin * 100) : "below today" \
        at screen across(key_x + 28), down(row) left noenhanced font ",10" textcolor rgb ink
    if (band > y_low) {
        set object 11 rectangle from graph 0, graph 0 to graph 1, first (band < y_high ? band : y_high) behind \
            fillstyle solid 1.0 noborder fillcolor rgb "#eeeeee"
    }
}
set arrow 11 from last_cost, best to x_high, best nohead linewidth 1.6 linecolor rgb green
set grid front linetype 1 linecolor rgb "#dddddd" linewidth 0.6
set grid back

# A veil behind the names, over the lines that they cross.
set style textbox opaque noborder fillcolor rgb "#60ffffff" margins 0.2, 0.1

# A quoted name as an entry of `using` would be read as a format, so that columns are taken by their numbers.
at(i, n) = strcol(1) eq word(statuses, i) ? column(n) : NaN
plot for [i = 5:1:-1] ARG1 using (at(i, 4)):7:3:5 with xerrorbars \
        pointtype 0 linewidth 1.2 linecolor rgb tint(i), \
    for [i = 5:1:-1] ARG1 using (at(i, 4)):7:6:8 with yerrorbars \
        pointtype 0 linewidth 1.2 linecolor rgb tint(i), \
    ARG1 using 4:9 with steps linewidth 1.6 linecolor rgb green, \
    ARG1 using (x_at(column(4))):(y_at(column(7))):(column(12) - x_at(column(4))):(column(13) - y_at(column(7))) \
        axes x2y2 with vectors nohead linewidth 0.7 linecolor rgb grey, \
    for [i = 5:1:-1] ARG1 using (at(i, 4)):7 with points \
        pointtype shape(i) pointsize large(i) linewidth 1.4 linecolor rgb colour(i), \
    ARG1 using 10:11:(shown(strcol(2), 34)) axes x2y2 with labels center boxed noenhanced font ",10" textcolor rgb ink
unset output
