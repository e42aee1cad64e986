# Makes the data sets and the list of cases in the folder given. Rscript cases.R FOLDER
folder <- commandArgs(TRUE)[1]
set.seed(20)
put <- function(d, file) write.csv(d, file.path(folder, file), row.names = FALSE, quote = FALSE)
wedge <- function(months, size) {
  d <- expand.grid(period = seq_len(months), facility = 1:18); d$district <- (d$facility - 1) %/% 3 + 1
  d$treat <- as.integer(d$period > months / 4 * ((d$district - 1) %/% 2 + 1))
  d$n <- rpois(nrow(d), size) + 1
  d$y <- rbinom(nrow(d), d$n, plogis(-1.1 + .3 * d$treat + .01 * d$period + rnorm(6, 0, .4)[d$district] + rnorm(18, 0, .3)[d$facility])); d }
rows <- function(d) data.frame(d[rep(seq_len(nrow(d)), d$n), c("period", "facility", "district", "treat")], success = unlist(mapply(function(y, n) sample(rep(1:0, c(y, n - y))), d$y, d$n)))
cells72 <- wedge(4, 268); put(cells72, "cells72.csv"); put(wedge(36, 30), "cells648.csv")
put(rows(cells72), "rows19k.csv"); put(rows(wedge(4, 2697)), "rows194k.csv"); put(rows(wedge(4, 26994)), "rows1900k.csv")
hh <- expand.grid(period = 1:40, cluster = 1:500); hh$treat <- as.integer(hh$period > 1 + (hh$cluster %% 39)); hh$n <- 25
hh$y <- rbinom(nrow(hh), 25, plogis(-1 + .32 * hh$treat + .01 * hh$period + rnorm(500, 0, .62)[hh$cluster] + rnorm(nrow(hh), 0, .23))); put(hh, "clusters500.csv")
nested <- "factor(period) + treat + (1 | district/facility)"
cases <- rbind(
  c("72 cells", "cells72.csv", paste("cbind(y, n - y) ~", nested), 201),
  c("648 cells, 36 months", "cells648.csv", paste("cbind(y, n - y) ~", nested), 21),
  c("648 cells, 36 months, facility-period effect", "cells648.csv", paste("cbind(y, n - y) ~", nested, "+ (1 | facility:period)"), 11),
  c("19,000 rows", "rows19k.csv", paste("success ~", nested), 21),
  c("194,000 rows", "rows194k.csv", paste("success ~", nested), 11),
  c("1.9 million rows", "rows1900k.csv", paste("success ~", nested), 3),
  c("500 clusters x 40 periods", "clusters500.csv", "cbind(y, n - y) ~ factor(period) + treat + (1 | cluster)", 5),
  c("500 clusters x 40 periods, cluster-period effect", "clusters500.csv", "cbind(y, n - y) ~ factor(period) + treat + (1 | cluster) + (1 | cluster:period)", 3))
write.table(cases, file.path(folder, "cases.tsv"), sep = "\t", quote = FALSE, row.names = FALSE, col.names = FALSE)
