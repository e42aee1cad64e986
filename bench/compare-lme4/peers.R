# Fits the cases of cases.R with lme4 and glmmTMB: name, median seconds (clock and processor), log-likelihood. Rscript peers.R FOLDER [seconds]
# A case of raw rows is left out for a peer when ten times its smaller sister would take more than the given seconds (default 900).
suppressMessages({library(lme4); library(glmmTMB)})
folder <- commandArgs(TRUE)[1]; patience <- as.numeric(c(commandArgs(TRUE), "900")[2])
cases <- read.delim(file.path(folder, "cases.tsv"), header = FALSE, col.names = c("name", "file", "formula", "n"))
fits <- list(lme4 = function(f, d) glmer(f, d, binomial), glmmTMB = function(f, d) glmmTMB(f, d, family = binomial))
for (peer in names(fits)) { last <- 0
  for (k in seq_len(nrow(cases))) {
    rows <- grepl("rows", cases$name[k])
    if (rows && last > patience) { cat(peer, cases$name[k], "left out: too slow", sep = "\t"); cat("\n"); next }
    d <- read.csv(file.path(folder, cases$file[k])); times <- c()
    for (r in 1:3) { t <- system.time(m <- suppressWarnings(suppressMessages(fits[[peer]](as.formula(cases$formula[k]), d)))); times <- rbind(times, t[c(3, 1)]); if (t[3] > 5) break }
    if (rows) last <- 10 * median(times[, 1])
    cat(peer, cases$name[k], median(times[, 1]), median(times[, 2]), as.numeric(logLik(m)), sep = "\t"); cat("\n")
  } }
