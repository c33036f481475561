# SPDX-License-Identifier: GPL-3.0-or-later
# waterfall.gp - today's cost, one bar a lever, the cost after all, from left to right and one row each.
#
# DATA: kind (total, saves, adds), name, from and to in USD.
# Set before: pixels, rows, row_height, names_end (where names end), has_share, end_share (what all levers change, as a
# share of the cost).

place(usd) = left + (usd - x_low) / (x_high - x_low) * (right - left)
middle(row) = top + (row + 0.5) * row_height

do for [i = 0:floor((x_high - x_low) / x_step + 0.01)] {
    t = x_low + i * x_step
    set arrow 100 + i from place(t), top to place(t), bottom nohead back linewidth 0.8 \
        linecolor rgb (abs(t) < x_step * 1e-6 ? grey : faint)
    set label 100 + i money_tick(t, larger(abs(x_low), x_high), x_step) at place(t), bottom + 16 center noenhanced \
        textcolor rgb grey
}
set label 90 ARG6 at (left + right) / 2, bottom + 40 center noenhanced textcolor rgb grey

kinds = "total saves adds"
colour(kind) = kind eq "total" ? "#5a5a5a" : kind eq "saves" ? blue : vermilion
key_x = title_left
do for [i = 2:3] {
    set object i rectangle from key_x, 80 to key_x + 12, 92 fillstyle solid 1.0 noborder \
        fillcolor rgb colour(word(kinds, i))
    set label 90 + i word(kinds, i) at key_x + 18, 86 left noenhanced font ",10" textcolor rgb ink
    key_x = key_x + key_room(word(kinds, i)) + 12
}

# The amount stands on its bar where that is wide enough, otherwise on the side that has room.
share_text(row) = row == rows - 1 && has_share > 0 ? sprintf(" (%+.0f %%)", end_share * 100) : ""
amount(row) = strcol(1) eq "total" ? whole_dollars(column(4)).share_text(row) : \
    (column(4) > column(3) ? "+" : "").whole_dollars(column(4) - column(3))
room(row) = strlen(amount(row)) * 6.7 + 14
low_end(row) = place(column(3) < column(4) ? column(3) : column(4))
high_end(row) = place(larger(column(3), column(4)))
fits(row) = high_end(row) - low_end(row) >= room(row)
where(row) = fits(row) ? (low_end(row) + high_end(row)) / 2 : \
    high_end(row) + room(row) <= width - 6 ? high_end(row) + room(row) / 2 : low_end(row) - room(row) / 2
text_colour(row) = fits(row) ? 0xffffff : 0x333333

plot for [i = 1:3] ARG1 using (strcol(1) eq word(kinds, i) ? where($0) : NaN):(middle($0)): \
        (low_end($0)):(high_end($0) + 0.7):(middle($0) - row_height * 0.36):(middle($0) + row_height * 0.36) \
        with boxxyerror fillstyle solid 1.0 noborder linecolor rgb colour(word(kinds, i)), \
    ARG1 using ($0 < rows - 1 ? place(column(4)) : NaN):(middle($0) + row_height * 0.36):(0):(row_height * 0.28) \
        with vectors nohead linewidth 0.8 linecolor rgb grey, \
    ARG1 using (names_end):(middle($0)):(shown(strcol(2), 34)) \
        with labels right noenhanced font ",10" textcolor rgb ink, \
    ARG1 using (where($0)):(middle($0)):(amount($0)):(text_colour($0)) \
        with labels center noenhanced font ",10" textcolor rgb variable
unset output
