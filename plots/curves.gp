# SPDX-License-Identifier: GPL-3.0-or-later
# curves.gp - curves with bands over a common x, and vertical marker lines with labels above the frame.
#
# DATA: kind (curve, marker), number, name, x, y, low, high.  A marker's number is its label's row from the frame up,
# its y is 1 where the label stands left of the line.
# Set before: curves, single (one point only, which has no line).

# Colour and dashes, so that print in grey keeps them apart.
colours = "#0072b2 #d55e00 #009e73 #e69f00 #cc79a7 #000000"
colour(i) = word(colours, i)
set linetype 1 linecolor rgb colour(1) linewidth 2.2 dashtype solid
set linetype 2 linecolor rgb colour(2) linewidth 2.2 dashtype (10, 4)
set linetype 3 linecolor rgb colour(3) linewidth 2.2 dashtype (2, 3)
set linetype 4 linecolor rgb colour(4) linewidth 2.2 dashtype (12, 3, 2, 3)
set linetype 5 linecolor rgb colour(5) linewidth 2.2 dashtype (5, 3)
set linetype 6 linecolor rgb colour(6) linewidth 2.2 dashtype (16, 3, 5, 3)
of_curve(i, y) = strcol(1) eq "curve" && column(2) == i ? y : NaN

if (y_low < 0 && y_high > 0) { set arrow 1 from x_low, 0 to x_high, 0 nohead linewidth 1 linecolor rgb grey }

array names[6]
stats ARG1 using (strcol(1) eq "curve" ? (names[int($2)] = strcol(3), 0) : 0) nooutput
do for [i = 1:int(curves)] {
    key_x = left + (i - 1) % 2 * (right - left) / 2
    row = 78 + (i - 1) / 2 * 18
    set arrow 10 + i from screen across(key_x), down(row) to screen across(key_x + 38), down(row) nohead back \
        linetype i
    set label 10 + i shown(names[i], 48) at screen across(key_x + 46), down(row) \
        left noenhanced font ",10" textcolor rgb ink
}

# A label on the left may lie over the line of another marker, and hides it.
set style textbox opaque noborder fillcolor rgb "#ffffff" margins 0.4, 0.1
array labels[4]
array at_x[4]
array on_left[4]
pixel_of(i) = left + x_at(at_x[i]) * (right - left)
do for [i = 1:4] { labels[i] = "" }
is_marker(dummy) = strcol(1) eq "marker"
stats ARG1 using (is_marker(0) ? (labels[int($2)] = strcol(3), at_x[int($2)] = $4, on_left[int($2)] = $5, 0) : 0) \
    nooutput
do for [i = 1:4] {
    if (labels[i] ne "") {
        row = top + 7 - 17 * i
        set arrow 20 + i from at_x[i], graph 0 to screen across(pixel_of(i)), down(row - 5) nohead back \
            linewidth 1 dashtype (4, 4) linecolor rgb grey
        if (on_left[i] > 0) {
            set label 20 + i shown(labels[i], 48) at screen across(pixel_of(i) - 5), down(row) \
                right boxed front noenhanced font ",10" textcolor rgb ink
        } else {
            set label 20 + i shown(labels[i], 48) at screen across(pixel_of(i) + 5), down(row) \
                left noenhanced font ",10" textcolor rgb ink
        }
    }
}

plot for [i = 1:int(curves)] ARG1 using 4:(of_curve(i, $6)):(of_curve(i, $7)) with filledcurves \
        fillstyle transparent solid 0.16 noborder linecolor rgb colour(i), \
    for [i = 1:int(curves)] ARG1 using 4:(of_curve(i, $5)) with lines linetype i, \
    for [i = 1:int(curves * single)] ARG1 using 4:(of_curve(i, $5)):6:7 with yerrorbars \
        pointtype 7 linewidth 2.2 dashtype solid linecolor rgb colour(i), \
    for [i = 1:int(curves * single)] ARG1 using 4:(of_curve(i, $5)) with points \
        pointtype 7 linewidth 2.2 linecolor rgb colour(i)
unset output
