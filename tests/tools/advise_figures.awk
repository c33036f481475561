# SPDX-License-Identifier: GPL-3.0-or-later
# advise_figures.awk - holds the data of a picture of `spendcast advise` against the csv table that it comes from.
#
#   awk -v picture=waterfall|frontier|heatmap -v months=N -f advise_figures.awk TABLE.csv PICTURE.tsv
#
# The tables are `levers` of all workloads, `options` of one (--explain) and `options` of all.  Prints how many figures
# there are and those that differ; exit status 1 if any does, or if there is none.

# Splits a line of csv into cell[1..n].
function split_csv(line, cell,    n, quoted, i, c)
{
    n = 1
    cell[1] = ""
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "\"")
            quoted = !quoted
        else if (c == "," && !quoted)
            cell[++n] = ""
        else
            cell[n] = cell[n] c
    }
    return n
}

function hold(what, found, expected, tolerance)
{
    figures++
    if (found - expected > tolerance || expected - found > tolerance) {
        print "differs: " what ", picture " found ", table " expected
        wrong++
    }
}

function get(name) { return cell[column[name]] }

# Of the options: of every way to serve all calls its figures, and the cheapest of each model.
function read_option(    key, project)
{
    if (get("status") == "not allowed" || get("levers") ~ /output|routing|cascade/)
        return
    key = (get("advised") == "true" ? "advised" : get("status")) "\t" get("name") " " get("how")
    gsub(/ evidence\t/, "_evidence\t", key)
    gsub(/^not /, "not_", key)
    cost[key] = get("cost_usd") / months
    difference[key] = get("difference")
    known[key] = get("difference") != "" || get("levers") !~ /model/
    project = get("workload")
    sub(/\/.*/, "", project)
    if (get("status") == "today")
        today[project] += get("cost_usd")
    key = get("workload") "\t" get("name")
    if (!(key in saving) || saving[key] < get("saving_usd") + 0)
        saving[key] = get("saving_usd") + 0
}

function add_up_projects(    key, part)
{
    for (key in saving) {
        split(key, part, "\t")
        sub(/\/.*/, "", part[1])
        sum[part[1] "\t" part[2]] += saving[key]
    }
}

FNR == 1 { file++ }

file == 1 && FNR == 1 {
    for (n = split_csv($0, cell); n > 0; n--)
        column[cell[n]] = n
    next
}
file == 1 {
    split_csv($0, cell)
    if (picture == "waterfall")
        lever[get("lever")] = get("saving_month_usd")
    else
        read_option()
    next
}

file == 2 && FNR == 1 && picture == "heatmap" { add_up_projects() }
/^#/ { next }
file == 2 && !has_header { has_header = split($0, title, "\t"); next }
{ split($0, at, "\t") }

picture == "waterfall" && at[1] != "total" {
    hold(at[2], at[3] - at[4], lever[at[2]], 0.000002)
    total += at[3] - at[4]
}
picture == "waterfall" && at[1] == "total" && from != "" { hold("after", at[4], from - total, 0.00001) }
picture == "waterfall" && at[1] == "total" { from = at[4] }

picture == "frontier" {
    key = at[1] "\t" at[2]
    hold("cost of " key, at[4], cost[key], 0.000002)
    if (at[1] == "today")
        quality_today = at[7]
    if (known[key] != (at[7] != "NaN"))
        hold("known quality of " key, at[7] != "NaN", known[key], 0)
    if (at[7] != "NaN") # a table has four decimals
        found[key] = at[7]
}
END {
    for (key in found)
        hold("quality of " key, found[key] - quality_today, difference[key], 0.000052)
}

picture == "heatmap" {
    project = at[3] in today ? at[3] : at[4] # the longer side goes down
    key = project "\t" (at[3] in today ? at[4] : at[3])
    hold("whether allowed: " key, at[5] == "value", key in sum, 0)
    if (at[5] == "value")
        hold("share of " key, at[6], sum[key] / today[project], 0.000002)
}

END {
    print figures + 0 " figures, " wrong + 0 " differ"
    exit wrong > 0 || figures == 0
}
