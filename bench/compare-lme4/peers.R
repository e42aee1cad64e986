# Fits the cases of cases.R with lme4 and glmmTMB: name, median seconds (clock and processor), log-likelihood. Rscript peers.R FOLDER [seconds]
# A fit is stopped after the given seconds (default 900), and larger files of the same kind are not begun.
suppressMessages({library(lme4); library(glmmTMB)})
folder <- commandArgs(TRUE)[1]; patience <- as.numeric(c(commandArgs(TRUE)[-1], "900")[1])
cases <- read.delim(file.path(folder, "cases.tsv"), header = FALSE, col.names = c("name", "file", "formula", "n"))
fits <- list(lme4 = function(f, d) glmer(f, d, binomial), glmmTMB = function(f, d) glmmTMB(f, d, family = binomial))
limited <- function(fit) { setTimeLimit(elapsed = patience, transient = TRUE); on.exit(setTimeLimit()); try(suppressWarnings(suppressMessages(fit)), silent = TRUE) }
for (peer in names(fits)) { stopped <- FALSE
  for (k in seq_len(nrow(cases))) {
    rows <- grepl("rows", cases$name[k])
    if (rows && stopped) { cat(peer, cases$name[k], "not begun: the smaller file took too long", sep = "\t"); cat("\n"); next }
    d <- read.csv(file.path(folder, cases$file[k])); times <- c()
    for (r in 1:3) { t <- system.time(m <- limited(fits[[peer]](as.formula(cases$formula[k]), d))); times <- rbind(times, t[c(3, 1)]); if (t[3] > 5) break }
    stopped <- stopped || rows && inherits(m, "try-error")
    if (inherits(m, "try-error")) { cat(peer, cases$name[k], paste("stopped after", round(times[1, 1]), "s"), sep = "\t"); cat("\n"); next }
    cat(peer, cases$name[k], median(times[, 1]), median(times[, 2]), as.numeric(logLik(m)), sep = "\t"); cat("\n")
  } }
