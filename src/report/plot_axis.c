/* SPDX-License-Identifier: GPL-3.0-or-later */
/* plot_axis.c - round axes, and where names find room beside their points. */
#include "report/plot_axis.h"

#include <math.h>
#include <stdint.h>

#include "report/render.h"

#define CHARACTER_WIDTH 6.3 /* pixels of an average letter of DejaVu Sans at 10 pixels, rounded up; measured */
#define NEAR 14.0           /* pixels; names further away get a line */
#define OWN_MARK 8.0        /* pixels to each side of a point that its own mark takes */
#define CROSSES_LINE 14.0   /* pixels of distance that one line through the name is worth */
#define LEAD_CROSSES 25.0   /* ... and a line to the name that runs through a mark or another name */
#define FIRST_WIDE 0x1100   /* from here on letters are counted as twice as wide: Hangul, Han, emoji */

/* 10^k by multiplication: the same bits everywhere. */
static double power_of_ten(int k)
{
    double p = 1;
    for (; k > 0; k--)
        p *= 10;
    for (; k < 0; k++)
        p /= 10;
    return p;
}

/* The largest k with 10^k <= x, for x > 0. */
static int decade_of(double x)
{
    int k = 0;
    while (k < 300 && power_of_ten(k + 1) <= x)
        k++;
    while (k > -300 && power_of_ten(k) > x)
        k--;
    return k;
}

/* The smallest of 1, 2 and 5 times a power of ten that is >= x. */
static double round_step(double x)
{
    double p = power_of_ten(decade_of(x));
    static const double digits[] = {1, 2, 5};
    for (size_t i = 0; i < 3; i++) {
        if (digits[i] * p >= x * (1 - 1e-9))
            return digits[i] * p;
    }
    return 10 * p;
}

sc_axis sc_axis_linear(double low, double high, int ticks)
{
    if (low >= 0 && low <= high * 0.4)
        low = 0;
    if (high - low <= 1e-9 * fabs(high)) { /* one value: half of it on both sides */
        double half = high != 0 ? fabs(high) / 2 : 1;
        low -= high != 0 ? half : 0;
        high += half;
    }
    double step = fmax(round_step((high - low) / ticks), SC_USD_LEAST);
    return (sc_axis){.low = floor(low / step + 1e-6) * step, .high = ceil(high / step - 1e-6) * step, .step = step};
}

sc_axis sc_axis_log(double low, double high)
{
    double p = power_of_ten(decade_of(low)), q = power_of_ten(decade_of(high));
    sc_axis axis = {.low = floor(low / p + 1e-9) * p, .high = ceil(high / q - 1e-9) * q, .log = 1};
    if (axis.low >= axis.high) {
        axis.low = p / 10;
        axis.high = q * 10;
    }
    return axis;
}

/* libm's log10 may differ in the last bit between machines: no more than 1e-12 of a pixel. */
double sc_axis_at(const sc_axis *axis, double x)
{
    if (axis->log)
        return log10(x / axis->low) / log10(axis->high / axis->low);
    return (x - axis->low) / (axis->high - axis->low);
}

void sc_axis_set(sc_drawing *d, char name, const sc_axis *axis, sc_plot_unit unit)
{
    static const char *const fields[] = {"low", "high", "step", "log", "unit"};
    const double values[] = {axis->low, axis->high, axis->step, axis->log, unit};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        char id[16] = {name, '_'};
        for (size_t k = 0; fields[i][k] != '\0'; k++)
            id[k + 2] = fields[i][k];
        sc_drawing_set(d, id, values[i]);
    }
}

double sc_text_pixels(const char *text, size_t most)
{
    double width = 0;
    for (; *text != '\0' && most > 0; most--)
        width += sc_next_char(&text) >= FIRST_WIDE ? 2 * CHARACTER_WIDTH : CHARACTER_WIDTH;
    return width;
}

static int overlap(const sc_box *a, const sc_box *b)
{
    return a->left < b->right && b->left < a->right && a->top < b->bottom && b->top < a->bottom;
}

static size_t overlaps(const sc_box *place, const sc_box *boxes, size_t count)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        n += (size_t)overlap(place, &boxes[i]);
    return n;
}

static double clamp(double x, double low, double high) { return x < low ? low : x > high ? high : x; }

/* The k-th of the small boxes along the line from the point to the name. */
static sc_box lead_part(double x, double y, const sc_box *name, int k)
{
    double share = (k + 1.0) / (SC_LEAD_PARTS + 1.0);
    double cx = x + (clamp(x, name->left, name->right) - x) * share;
    double cy = y + (clamp(y, name->top, name->bottom) - y) * share;
    return (sc_box){cx - 1, cy - 1, cx + 1, cy + 1};
}

/* What the place costs in pixels of distance; below 0 = it cannot be used. */
static double cost_of(const sc_room *room, double x, double y, const sc_box *place)
{
    const sc_box *frame = &room->frame;
    if (place->left < frame->left || place->right > frame->right || place->top < frame->top ||
        place->bottom > frame->bottom || overlaps(place, room->taken, room->taken_count) > 0)
        return -1;
    double cost = CROSSES_LINE * (double)overlaps(place, room->avoid, room->avoid_count);
    for (int k = 0; k < SC_LEAD_PARTS; k++) {
        sc_box part = lead_part(x, y, place, k);
        if (fmax(fabs(part.left + 1 - x), fabs(part.top + 1 - y)) > OWN_MARK)
            cost += LEAD_CROSSES * (double)overlaps(&part, room->taken, room->taken_count);
    }
    return cost;
}

static int find_room(const sc_room *room, double x, double y, double width, double height, sc_box *place)
{
    /* Where the text's centre is seen from the point, the best direction first. */
    static const struct {
        int right, down;
    } sides[] = {{1, 0}, {-1, 0}, {1, -1}, {-1, -1}, {1, 1}, {-1, 1}, {0, -1}, {0, 1}};
    static const double distances[] = {9, 18, 30, 44, 60, 80, 104};
    double best = -1;
    for (size_t i = 0; i < sizeof distances / sizeof distances[0]; i++) {
        for (size_t k = 0; k < sizeof sides / sizeof sides[0]; k++) {
            double gap = distances[i] * (sides[k].right != 0 && sides[k].down != 0 ? 0.7 : 1);
            double cx = x + sides[k].right * (width / 2 + gap), cy = y + sides[k].down * (height / 2 + gap);
            sc_box box = {cx - width / 2, cy - height / 2, cx + width / 2, cy + height / 2};
            double cost = cost_of(room, x, y, &box);
            if (cost < 0)
                continue;
            cost += distances[i] + (double)k * 0.5;
            if (best < 0 || cost < best) {
                best = cost;
                *place = box;
            }
        }
    }
    return best >= 0;
}

int sc_room_take(sc_room *room, double x, double y, double width, double height, sc_box *place, double *lead_x,
                 double *lead_y)
{
    *lead_x = *lead_y = (double)NAN;
    if (!find_room(room, x, y, width, height, place))
        return 0;
    room->taken[room->taken_count++] = *place;
    for (int k = 0; k < SC_LEAD_PARTS; k++)
        room->avoid[room->avoid_count++] = lead_part(x, y, place, k);
    double end_x = clamp(x, place->left, place->right), end_y = clamp(y, place->top, place->bottom);
    if (hypot(end_x - x, end_y - y) > NEAR) {
        *lead_x = end_x;
        *lead_y = end_y;
    }
    return 1;
}
