# A stepped-wedge trial of six districts and one of twenty-four, with cost, blood pressure and adherence per person and period, and the
# contrast of each by lme4 with period effects; Fieller's set from the estimates. Rscript within-trial.R in this folder.
suppressPackageStartupMessages({library(lme4); library(pbkrtest)})
simulate <- function(clusters, steps, n, seed, effect) {
  set.seed(seed)
  d <- expand.grid(person = 1:n, facility = 1:3, period = 1:(steps + 1), district = 1:clusters)
  step <- rep(1:steps, length.out = clusters)
  d$treated <- as.integer(d$period > step[d$district])
  u <- rnorm(clusters, 0, 3); v <- rnorm(clusters * 3, 0, 2); w <- rnorm(clusters, 0, 2)
  f <- (d$district - 1) * 3 + d$facility
  noise <- rnorm(nrow(d))
  d$sbp <- round(150 - 0.8 * d$period - effect * d$treated + u[d$district] + v[f] + 14 * noise, 1)
  d$cost <- round(pmax(1, 20 + 0.5 * d$period + 6 * d$treated + w[d$district] + 5 * rnorm(nrow(d)) + 1.5 * noise), 2)
  d$adherent <- rbinom(nrow(d), 1, plogis(-0.4 + 0.1 * d$period + 0.5 * d$treated + 0.1 * u[d$district]))
  d$patient <- paste0(d$district, "-", d$facility, "-", d$person)
  d$facility <- paste0(d$district, "-", d$facility)
  d[, c("district", "facility", "period", "patient", "treated", "cost", "sbp", "adherent")]
}
contrast <- function(d, y) {
  m <- lmer(as.formula(paste(y, "~ factor(period) + treated + (1 | district/facility)")), d, control = lmerControl(optCtrl = list(ftol_abs = 1e-14, xtol_abs = 1e-14)))
  V <- vcovAdj(m); k <- which(names(fixef(m)) == "treated"); L <- rep(0, length(fixef(m))); L[k] <- 1
  list(estimate = unname(fixef(m)["treated"]), se_model = sqrt(vcov(m)[k, k]), se = sqrt(V[k, k]), df = get_Lb_ddf(m, L))
}
out <- list()
for (case in list(list(name = "six", clusters = 6, steps = 3, n = 6, seed = 11, effect = 5), list(name = "twenty-four", clusters = 24, steps = 4, n = 3, seed = 12, effect = 5))) {
  d <- simulate(case$clusters, case$steps, case$n, case$seed, case$effect)
  write.csv(d, paste0("within-trial-", case$name, ".csv"), row.names = FALSE, quote = FALSE)
  d$fall <- -d$sbp
  s <- apply(d[, c("cost", "fall")], 2, function(x) sqrt(mean((x - mean(x))^2)))
  d$sum <- d$cost / s[1] + d$fall / s[2]; d$difference <- d$cost / s[1] - d$fall / s[2]
  c1 <- contrast(d, "cost"); e1 <- contrast(d, "fall"); p <- contrast(d, "sum"); q <- contrast(d, "difference")
  r <- (p$se^2 - q$se^2) / 4 / (c1$se / s[1] * e1$se / s[2])
  z <- qt(0.975, min(c1$df, e1$df))
  a <- e1$estimate^2 - z^2 * e1$se^2; b <- c1$estimate * e1$estimate - z^2 * r * c1$se * e1$se; k <- c1$estimate^2 - z^2 * c1$se^2
  roots <- sort(c((b - sqrt(b^2 - a * k)) / a, (b + sqrt(b^2 - a * k)) / a))
  out[[case$name]] <- list(cost = c1, fall = e1, adherent = contrast(d, "adherent"), correlation = unname(r), kind = if (a > 0) "bounded" else "two rays", limits = roots)
}
json <- function(x) if (is.list(x)) paste0("{", paste0("\"", names(x), "\": ", sapply(x, json), collapse = ", "), "}") else if (is.character(x)) paste0("\"", x, "\"") else if (length(x) > 1) paste0("[", paste(sprintf("%.12g", x), collapse = ", "), "]") else sprintf("%.12g", x)
writeLines(json(c(list(tool = paste(R.version.string, "lme4", packageVersion("lme4"), "pbkrtest", packageVersion("pbkrtest"))), out)), "within-trial.json")
