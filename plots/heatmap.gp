# SPDX-License-Identifier: GPL-3.0-or-later
# heatmap.gp - a share in each cell of rows x columns.
#
# DATA: row and column (from 0), their names, state (value, unknown, not_allowed), the share, whether it is framed.
# Set before: pixels, cell_width, cell_height, names_end (where the rows' names end), turned (the columns' names stand
# upright), has_frames.

full = 0.5  # the share from which on a colour is full
mix(from, to, t) = int(from + (to - from) * t + 0.5)
strength(v) = abs(v) >= full ? 1.0 : abs(v) / full
shade(r, g, b, t) = mix(255, r, t) * 65536 + mix(255, g, t) * 256 + mix(255, b, t)
value_colour(v) = v >= 0 ? shade(0, 114, 178, strength(v)) : shade(230, 159, 0, strength(v))
unknown_colour = 0xd9d9d9
frame_colour = "#1a1a1a"
cell_colour(state, v) = state eq "value" ? value_colour(v) : state eq "unknown" ? unknown_colour : 0xf7f7f7
number(v) = v >= 9.995 ? ">999" : v <= -9.995 ? "<-999" : sprintf("%d", int(floor(v * 100 + 0.5)))
sign = turned > 0 ? "" : " %"  # narrow cells have no room for it
cell_text(state, v) = state eq "value" ? number(v).sign : state eq "unknown" ? "?" : ""
text_colour(state, v) = state eq "value" && v > 0.3 ? 0xffffff : 0x333333

# The legend: a row of shades from the most negative to the most positive, and the two marks.
key_x = title_left
row = 94
do for [i = -5:5] {
    set object 20 + i rectangle from key_x, row - 7 to key_x + 42, row + 7 fillstyle solid 1.0 noborder \
        fillcolor rgb sprintf("#%06x", value_colour(i * 0.1))
    share_name = (i == -5 ? "≤" : i == 5 ? "≥" : "").number(i * 0.1)." %"
    set label 20 + i share_name at key_x + 21, row center noenhanced \
        font ",8" textcolor rgb (i > 3 ? "#ffffff" : ink)
    key_x = key_x + 42
}
key_x = key_x + 14
set object 30 rectangle from key_x, row - 7 to key_x + 20, row + 7 fillstyle solid 1.0 noborder \
    fillcolor rgb sprintf("#%06x", unknown_colour)
set label 30 "?" at key_x + 10, row center noenhanced font ",10" textcolor rgb ink
set label 31 "unknown" at key_x + 26, row left noenhanced font ",10" textcolor rgb ink
key_x = key_x + 92
set object 31 rectangle from key_x, row - 7 to key_x + 20, row + 7 fillstyle solid 1.0 noborder fillcolor rgb "#f7f7f7"
set arrow 30 from key_x + 5, row - 4 to key_x + 15, row + 4 nohead linewidth 1 linecolor rgb grey
set arrow 31 from key_x + 5, row + 4 to key_x + 15, row - 4 nohead linewidth 1 linecolor rgb grey
set label 32 "not allowed" at key_x + 26, row left noenhanced font ",10" textcolor rgb ink
if (has_frames > 0) {
    row = row + 22
    set object 32 rectangle from title_left + 1, row - 7 to title_left + 41, row + 7 fillstyle empty \
        border linecolor rgb frame_colour linewidth 1.6
    set label 34 shown(ARG7, (width - title_left - 50) / 6.5) at title_left + 50, row left noenhanced font ",10" \
        textcolor rgb ink
}
set label 33 shown(ARG6.(turned > 0 ? ", in %" : ""), (width - title_left) / 6.5) at title_left, 74 left noenhanced \
    font ",10" textcolor rgb grey

share(none) = strcol(5) eq "value" ? column(6) : none  # a NaN would spoil the whole row
x_mid(column) = left + (column + 0.5) * cell_width
y_mid(row) = top + (row + 0.5) * cell_height
is_out(state) = state eq "not_allowed" ? 1 : NaN
framed(x) = column(7) == 1 && strcol(5) eq "value" ? x : NaN
plot ARG1 using (x_mid(column(2))):(y_mid(column(1))):(x_mid(column(2)) - cell_width / 2 + 0.5): \
        (x_mid(column(2)) + cell_width / 2 - 0.5):(y_mid(column(1)) - cell_height / 2 + 0.5): \
        (y_mid(column(1)) + cell_height / 2 - 0.5):(cell_colour(strcol(5), share(0))) \
        with boxxyerror fillstyle solid 1.0 noborder linecolor rgb variable, \
    ARG1 using (framed(x_mid(column(2)))):(y_mid(column(1))):(x_mid(column(2)) - cell_width / 2 + 1.7): \
        (x_mid(column(2)) + cell_width / 2 - 1.7):(y_mid(column(1)) - cell_height / 2 + 1.7): \
        (y_mid(column(1)) + cell_height / 2 - 1.7) \
        with boxxyerror fillstyle empty linecolor rgb frame_colour linewidth 1.6, \
    ARG1 using (is_out(strcol(5)) * x_mid(column(2)) - 5):(y_mid(column(1)) - 4):(10):(8) \
        with vectors nohead linewidth 1 linecolor rgb grey, \
    ARG1 using (is_out(strcol(5)) * x_mid(column(2)) - 5):(y_mid(column(1)) + 4):(10):(-8) \
        with vectors nohead linewidth 1 linecolor rgb grey, \
    ARG1 using (x_mid(column(2))):(y_mid(column(1))):(cell_text(strcol(5), share(0))): \
        (text_colour(strcol(5), share(0))) with labels center noenhanced font ",9" textcolor rgb variable, \
    ARG1 using (column(2) == 0 ? names_end : NaN):(y_mid(column(1))):(shown(strcol(3), 30)) \
        with labels right noenhanced font ",10" textcolor rgb ink, \
    for [i = 1:int(turned)] ARG1 using (column(1) == 0 ? x_mid(column(2)) : NaN):(top - 6):(shown(strcol(4), 30)) \
        with labels left rotate by 90 noenhanced font ",10" textcolor rgb ink, \
    for [i = 1:1 - int(turned)] ARG1 using (column(1) == 0 ? x_mid(column(2)) : NaN):(top - 12):(shown(strcol(4), 30)) \
        with labels center noenhanced font ",10" textcolor rgb ink
unset output
