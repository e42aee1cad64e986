# Reference fits for Escala.Numerics.Models. Run in this folder: Rscript references.R
# Data: stepped-wedge-*.csv, counts.csv, separated.csv are simulated below (seeded); cbpp.csv and sleepstudy.csv are lme4's published examples.
# Every maximum of a marginal likelihood is polished by Newton steps on glmmTMB's automatic derivatives, or found by dense quadrature
# written out here, because the optimisers' own stopping rules are looser than the 1e-6 that is asked of us.
suppressMessages({library(lme4); library(glmmTMB); library(lmerTest); library(pbkrtest); library(geepack); library(sandwich); library(clubSandwich); library(numDeriv); library(jsonlite); library(MASS)})

write_data <- function(d, file) write.csv(d, file, row.names = FALSE, na = "", quote = FALSE)
simulate_wedge <- function(seed, months) {
  set.seed(seed)
  d <- expand.grid(month = months, facility = 1:18)
  d$district <- (d$facility - 1) %/% 3 + 1
  d$wave <- (d$district - 1) %/% 2 + 1
  d$treat <- as.integer(d$month > d$wave)
  d$highVolume <- d$facility %% 2
  d$n <- sample(20:80, nrow(d), TRUE)
  eta <- -1.1 + .1 * d$month + .4 * d$treat + rnorm(6, 0, .4)[d$district] + rnorm(18, 0, .3)[d$facility]
  d$y <- rbinom(nrow(d), d$n, plogis(eta))
  d$days <- round(12 + 3 * d$treat + rnorm(6, 0, 2)[d$district] + rnorm(18, 0, 1.5)[d$facility] + rnorm(nrow(d), 0, 4), 2)
  names(d)[1] <- "period"
  d
}
sw <- simulate_wedge(1, 1:4); write_data(sw, "stepped-wedge.csv")
set.seed(7)
counts <- expand.grid(visit = 1:6, site = 1:12); counts$arm <- as.integer(counts$site > 6); counts$time <- round(runif(72, .5, 2), 3)
counts$x <- round(rnorm(72) * 1e6 + 3e7)
counts$events <- rnbinom(72, mu = counts$time * exp(.6 + .5 * counts$arm + rnorm(12, 0, .5)[counts$site]), size = 3)
write_data(counts, "counts.csv")
sep <- data.frame(arm = rep(0:1, each = 20), age = rep(c(1, 2, 3, 4), 10), y = c(rep(c(0, 1, 0, 1, 1, 0, 0, 1, 0, 0), 2), rep(1, 20)))
write_data(sep, "separated.csv")
write_data(cbpp, "cbpp.csv"); write_data(sleepstudy, "sleepstudy.csv")
set.seed(11)
wide <- data.frame(patient = rep(1:60, each = 6), visit = rep(1:6, 60)); wide$arm <- wide$patient %% 2
wide$y <- rbinom(360, 1, plogis(-1 - .4 * wide$visit + .6 * wide$arm + rnorm(60, 0, 3.5)[wide$patient])); write_data(wide, "patients.csv")

out <- list()
add <- function(name, data, spec, fit) out[[length(out) + 1]] <<- c(list(name = name, data = data), spec, fit)
table_of <- function(b, V) list(estimate = as.list(b), se = as.list(setNames(sqrt(diag(as.matrix(V))), names(b))))

# --- maxima of Laplace likelihoods, glmmTMB + Newton ---------------------------------------------------------------------------
laplace <- function(name, data, d, formula, ours, family = binomial, ourfamily = "binomial") {
  message(name)
  m <- suppressWarnings(glmmTMB(formula, d, family = family, start = if (ourfamily == "beta-binomial") list(betad = 3) else NULL)); o <- m$obj; p <- m$fit$par
  for (k in 1:5) p <- p - as.numeric(solve(optimHess(p, o$fn, o$gr, control = list(ndeps = rep(1e-4, length(p)))), as.numeric(o$gr(p))))
  V <- solve(jacobian(function(q) as.numeric(o$gr(q)), p)); V <- (V + t(V)) / 2; nb <- sum(names(p) == "beta")
  b <- setNames(p[1:nb], names(fixef(m)$cond)); theta <- p[names(p) == "theta"]
  sds <- unname(unlist(lapply(VarCorr(m)$cond, function(x) attr(x, "stddev"))))
  if (length(sds) == length(theta)) sds <- exp(unname(theta))
  disp <- p[names(p) %in% c("betad", "betadisp")]
  add(name, data, list(formula = ours, family = ourfamily, method = "laplace"), c(table_of(b, V[1:nb, 1:nb, drop = FALSE]), list(logLik = -o$fn(p), sd = sds,
    dispersion = if (length(disp)) exp(unname(disp)) else NULL, source = paste("glmmTMB", packageVersion("glmmTMB"), "polished; gradient", signif(max(abs(o$gr(p))), 2)))))
}
laplace("cbpp, one level", "cbpp.csv", cbpp, cbind(incidence, size - incidence) ~ period + (1 | herd), "cbind(incidence, size - incidence) ~ factor(period) + (1 | herd)")
laplace("stepped wedge, nested", "stepped-wedge.csv", sw, cbind(y, n - y) ~ factor(period) + treat + (1 | district/facility), "cbind(y, n - y) ~ factor(period) + treat + (1 | district/facility)")
laplace("stepped wedge, interaction", "stepped-wedge.csv", sw, cbind(y, n - y) ~ factor(period) + treat * highVolume + (1 | district/facility), "cbind(y, n - y) ~ factor(period) + treat * highVolume + (1 | district/facility)")
laplace("stepped wedge, cluster-period effect", "stepped-wedge.csv", sw, cbind(y, n - y) ~ factor(period) + treat + (1 | facility) + (1 | facility:period), "cbind(y, n - y) ~ factor(period) + treat + (1 | facility) + (1 | facility:period)")
laplace("stepped wedge, random treatment effect", "stepped-wedge.csv", sw, cbind(y, n - y) ~ factor(period) + treat + (treat | facility), "cbind(y, n - y) ~ factor(period) + treat + (treat | facility)")
laplace("counts, Poisson with offset", "counts.csv", counts, events ~ arm + offset(log(time)) + (1 | site), "events ~ arm + offset(log(time)) + (1 | site)", poisson, "poisson")
laplace("counts, negative binomial", "counts.csv", counts, events ~ arm + offset(log(time)) + (1 | site), "events ~ arm + offset(log(time)) + (1 | site)", nbinom2, "negative-binomial")
laplace("districts, beta-binomial", "stepped-wedge.csv", sw, cbind(y, n - y) ~ treat + (1 | district), "cbind(y, n - y) ~ treat + (1 | district)", betabinomial, "beta-binomial")

# --- quadrature, written out: q points at the mode of each district's node, facilities inside -----------------------------------
hermite <- function(n) { i <- 1:(n - 1); J <- matrix(0, n, n); J[cbind(i, i + 1)] <- sqrt(i / 2); J <- J + t(J); x <- eigen(J, symmetric = TRUE, only.values = TRUE)$values
  lw <- sapply(x, function(v) { prev <- 0; cur <- pi^-.25 * exp(-v^2 / 2); s <- 0; for (j in 0:(n - 1)) { s <- s + cur^2; nxt <- v * sqrt(2 / (j + 1)) * cur - sqrt(j / (j + 1)) * prev; prev <- cur; cur <- nxt }; -log(s) }); list(x = x, lw = lw) }
lse <- function(v) { m <- max(v); m + log(sum(exp(v - m))) }
one_level <- function(par, X, y, n, g, rule) {
  nb <- ncol(X); eta <- X %*% par[1:nb]; s <- par[nb + 1]; ll <- 0
  for (k in unique(g)) { i <- g == k
    f <- function(u) sum(dbinom(y[i], n[i], plogis(eta[i] + s * u), log = TRUE)) + dnorm(u, log = TRUE)
    o <- optimize(f, c(-8, 8), maximum = TRUE, tol = 1e-10); u0 <- o$maximum; pr <- plogis(eta[i] + s * u0); t0 <- 1 / sqrt(1 + s^2 * sum(n[i] * pr * (1 - pr)))
    ll <- ll + lse(rule$lw + sapply(u0 + sqrt(2) * t0 * rule$x, f)) + log(sqrt(2) * t0) }
  ll }
two_level <- function(par, X, y, n, d, f, rule) {
  nb <- ncol(X); eta <- X %*% par[1:nb]; sd <- par[nb + 1]; sf <- par[nb + 2]; ll <- 0
  inner <- function(i, shift) { h <- function(u) sum(dbinom(y[i], n[i], plogis(eta[i] + shift + sf * u), log = TRUE)) + dnorm(u, log = TRUE)
    u <- 0; for (k in 1:50) { pr <- plogis(eta[i] + shift + sf * u); st <- (sf * sum(y[i] - n[i] * pr) - u) / (1 + sf^2 * sum(n[i] * pr * (1 - pr))); u <- u + st; if (abs(st) < 1e-12) break }
    t0 <- 1 / sqrt(1 + sf^2 * sum(n[i] * pr * (1 - pr))); lse(rule$lw + sapply(u + sqrt(2) * t0 * rule$x, h)) + log(sqrt(2) * t0) }
  for (k in unique(d)) { fs <- unique(f[d == k])
    F <- function(u) dnorm(u, log = TRUE) + sum(sapply(fs, function(q) inner(f == q, sd * u)))
    o <- optimize(F, c(-5, 5), maximum = TRUE, tol = 1e-8); u0 <- o$maximum; h <- 1e-3; t0 <- 1 / sqrt(-(F(u0 + h) - 2 * F(u0) + F(u0 - h)) / h^2)
    ll <- ll + lse(rule$lw + sapply(u0 + sqrt(2) * t0 * rule$x, F)) + log(sqrt(2) * t0) }
  ll }
maximise <- function(f, p) { for (k in 1:4) { g <- grad(f, p); H <- hessian(f, p); p <- p - solve(H, g); if (max(abs(g)) < 1e-8) break }; list(p = p, V = solve(-hessian(f, p)), ll = f(p), g = max(abs(grad(f, p)))) }
quadrature <- function(name, data, ours, f, start, names, nv, points) {
  r <- maximise(f, start); nb <- length(start) - nv; b <- setNames(r$p[1:nb], names)
  add(name, data, list(formula = ours, family = "binomial", method = "quadrature"), c(table_of(b, r$V[1:nb, 1:nb]), list(logLik = r$ll, sd = abs(r$p[-(1:nb)]), source = paste("quadrature written out in references.R, points:", points, "; gradient", signif(r$g, 2)))))
}
R25 <- hermite(25)
m <- glmer(cbind(incidence, size - incidence) ~ period + (1 | herd), cbpp, binomial, nAGQ = 25)
quadrature("cbpp, quadrature", "cbpp.csv", "cbind(incidence, size - incidence) ~ factor(period) + (1 | herd)",
  function(p) one_level(p, model.matrix(~ period, cbpp), cbpp$incidence, cbpp$size, cbpp$herd, R25), c(fixef(m), m@theta), names(fixef(m)), 1, 25)
m <- glmer(y ~ visit + arm + (1 | patient), wide, binomial, nAGQ = 100, control = glmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 2e-3, rhoend = 1e-10, maxfun = 2e5), tolPwrss = 1e-13))
R99 <- hermite(99)
quadrature("patients, large variance, quadrature", "patients.csv", "y ~ visit + arm + (1 | patient)",
  function(p) one_level(p, model.matrix(~ visit + arm, wide), wide$y, rep(1, 360), wide$patient, R99), c(fixef(m), m@theta), names(fixef(m)), 1, 99)
m <- glmer(cbind(y, n - y) ~ factor(period) + treat + (1 | district/facility), sw, binomial)
R11 <- hermite(11)
quadrature("stepped wedge, nested quadrature", "stepped-wedge.csv", "cbind(y, n - y) ~ factor(period) + treat + (1 | district/facility)",
  function(p) two_level(p, model.matrix(~ factor(period) + treat, sw), sw$y, sw$n, sw$district, sw$facility, R11), c(fixef(m), rev(m@theta)), names(fixef(m)), 2, "11 x 11")

# --- Gaussian mixed models: lme4 with tight control, lmerTest, pbkrtest -----------------------------------------------------------
tight <- lmerControl(optimizer = "bobyqa", optCtrl = list(rhobeg = 2e-3, rhoend = 1e-11, maxfun = 2e5), calc.derivs = FALSE)
gaussian_mixed <- function(name, data, d, formula, ours) {
  for (reml in c(TRUE, FALSE)) {
    m <- lmerTest::lmer(formula, d, REML = reml, control = tight); v <- as.data.frame(VarCorr(m))
    fit <- c(table_of(lme4::fixef(m), as.matrix(vcov(m))), list(logLik = as.numeric(logLik(m)), sd = v$sdcor[is.na(v$var2)], source = paste("lme4", packageVersion("lme4"), "bobyqa to 1e-11")))
    add(paste0(name, if (reml) ", REML" else ", ML"), data, list(formula = ours, family = "gaussian", method = if (reml) "reml" else "ml"), fit)
    if (reml) for (df in c("Satterthwaite", "Kenward-Roger")) {
      s <- coef(summary(m, ddf = df))
      add(paste0(name, ", ", df), data, list(formula = ours, family = "gaussian", method = "reml", df = tolower(df)),
        list(estimate = as.list(s[, 1]), se = as.list(s[, 2]), degrees = as.list(s[, 3]), logLik = as.numeric(logLik(m)), sd = v$sdcor[is.na(v$var2)], source = paste("lmerTest", packageVersion("lmerTest"), "/ pbkrtest", packageVersion("pbkrtest"))))
    }
  }
}
gaussian_mixed("sleepstudy, correlated slopes", "sleepstudy.csv", sleepstudy, Reaction ~ Days + (Days | Subject), "Reaction ~ Days + (Days | Subject)")
gaussian_mixed("sleepstudy, independent slopes", "sleepstudy.csv", sleepstudy, Reaction ~ Days + (1 | Subject) + (0 + Days | Subject), "Reaction ~ Days + (1 | Subject) + (0 + Days | Subject)")
gaussian_mixed("stepped wedge, days", "stepped-wedge.csv", sw, days ~ factor(period) + treat + (1 | district/facility), "days ~ factor(period) + treat + (1 | district/facility)")

# --- generalised linear models ----------------------------------------------------------------------------------------------------
glm_case <- function(name, data, d, formula, ours, family, ourfamily, link) {
  m <- glm(formula, family, d, control = list(epsilon = 1e-14, maxit = 100), start = if (link == "identity" && ourfamily == "binomial") c(.4, .01, .01) else NULL)
  add(name, data, list(formula = ours, family = ourfamily, method = "glm", link = link), c(table_of(coef(m), vcov(m)), list(logLik = if (ourfamily == "quasi-binomial") NULL else as.numeric(logLik(m)), source = paste("stats::glm, R", getRversion()))))
}
glm_case("cbpp, logistic", "cbpp.csv", cbpp, cbind(incidence, size - incidence) ~ period, "cbind(incidence, size - incidence) ~ factor(period)", binomial(), "binomial", "logit")
glm_case("cbpp, quasi-binomial", "cbpp.csv", cbpp, cbind(incidence, size - incidence) ~ period, "cbind(incidence, size - incidence) ~ factor(period)", quasibinomial(), "quasi-binomial", "logit")
glm_case("stepped wedge, log binomial", "stepped-wedge.csv", sw, cbind(y, n - y) ~ treat + highVolume, "cbind(y, n - y) ~ treat + highVolume", binomial("log"), "binomial", "log")
glm_case("stepped wedge, risk differences", "stepped-wedge.csv", sw, cbind(y, n - y) ~ treat + highVolume, "cbind(y, n - y) ~ treat + highVolume", binomial("identity"), "binomial", "identity")
glm_case("counts, Poisson, covariate in tens of millions", "counts.csv", counts, events ~ arm + x + offset(log(time)), "events ~ arm + x + offset(log(time))", poisson(), "poisson", "log")
glm_case("sleepstudy, linear", "sleepstudy.csv", sleepstudy, Reaction ~ Days + I(Days^2), "Reaction ~ Days + I(Days^2)", gaussian(), "gaussian", "identity")

# --- Firth, written out (logistf is not in Debian): penalised score by Newton, ½ log|I| ---------------------------------------------
firth <- function(name, data, X, y, ours) {
  pen <- function(b) { p <- plogis(X %*% b); sum(dbinom(y, 1, p, log = TRUE)) + .5 * as.numeric(determinant(crossprod(X * as.numeric(sqrt(p * (1 - p)))))$modulus) }
  b <- rep(0, ncol(X)); for (k in 1:200) { p <- as.numeric(plogis(X %*% b)); w <- p * (1 - p); I <- crossprod(X * sqrt(w)); h <- w * rowSums((X %*% solve(I)) * X); st <- solve(I, crossprod(X, y - p + h * (.5 - p))); b <- b + st * min(1, 1 / max(abs(st))) }
  b <- setNames(as.numeric(b), colnames(X))
  lim <- sapply(seq_along(b), function(j) sapply(c(-1, 1), function(s) { prof <- function(v) { q <- b; for (k in 1:400) { q[j] <- v; p <- as.numeric(plogis(X %*% q)); w <- p * (1 - p); I <- crossprod(X * sqrt(w)); h <- w * rowSums((X %*% solve(I)) * X); U <- crossprod(X, y - p + h * (.5 - p)); st <- solve(I[-j, -j], U[-j]); q[-j] <- q[-j] + st * min(1, .5 / max(abs(st))) }; 2 * (pen(b) - pen(q)) - qchisq(.95, 1) }
    uniroot(prof, sort(b[j] + s * c(0, 4 * sqrt(solve(I)[j, j]))), tol = 1e-10, extendInt = if (s > 0) "upX" else "downX")$root }))
  add(name, data, list(formula = ours, family = "binomial", method = "firth"), c(table_of(b, solve(I)), list(logLik = pen(b), lower = as.list(setNames(lim[1, ], names(b))), upper = as.list(setNames(lim[2, ], names(b))), source = paste("penalised score written out in references.R, R", getRversion()))))
}
firth("separated, Firth", "separated.csv", model.matrix(~ arm + age, sep), sep$y, "y ~ arm + age")

# --- robust variances and GEE; corrections written out with n × n matrices, by their definitions -------------------------------------
rows <- data.frame(sw[rep(seq_len(nrow(sw)), sw$n), ], success = unlist(mapply(function(y, n) rep(1:0, c(y, n - y)), sw$y, sw$n)))
rows <- rows[order(rows$facility), ]
power_of <- function(A, p) { e <- eigen(A); Re(e$vectors %*% diag(e$values^p) %*% solve(e$vectors)) }
gee_case <- function(corstr) {
  g <- geeglm(success ~ treat + highVolume, binomial, rows, id = facility, corstr = corstr, control = geese.control(epsilon = 1e-13, maxit = 200))
  alpha <- if (corstr == "exchangeable") unname(g$geese$alpha) else 0
  X <- model.matrix(g); mu <- fitted(g); B <- 0; parts <- list()
  for (k in unique(rows$facility)) { i <- rows$facility == k; a <- mu[i] * (1 - mu[i]); D <- X[i, ] * a; n <- sum(i)
    Vi <- diag(1 / sqrt(a)) %*% ((diag(n) - alpha / (1 + (n - 1) * alpha)) / (1 - alpha)) %*% diag(1 / sqrt(a)); DV <- t(D) %*% Vi; B <- B + DV %*% D; parts[[length(parts) + 1]] <- list(D = D, DV = DV, r = rows$success[i] - mu[i]) }
  B <- solve(B)
  for (corr in c("none", "kc", "md", "fg")) {
    meat <- 0
    for (q in parts) { n <- nrow(q$D); H <- q$D %*% B %*% q$DV
      s <- switch(corr, none = q$DV %*% q$r, md = q$DV %*% solve(diag(n) - H, q$r), kc = q$DV %*% (power_of(diag(n) - H, -.5) %*% q$r), fg = diag(1 / sqrt(1 - pmin(.75, diag(q$DV %*% q$D %*% B)))) %*% q$DV %*% q$r)
      meat <- meat + s %*% t(s) }
    add(paste0("stepped wedge, GEE ", corstr, ", ", corr), "stepped-wedge.csv", list(formula = "cbind(y, n - y) ~ treat + highVolume", family = "binomial", method = "gee", cluster = "facility", correlation = corstr, correction = corr),
      c(table_of(coef(g), B %*% meat %*% B), list(alpha = if (corstr == "exchangeable") alpha else NULL, source = paste("geepack", packageVersion("geepack"), "; corrections with n × n matrices in references.R; largest difference from geepack's own robust SE", if (corr == "none") signif(max(abs(sqrt(diag(B %*% meat %*% B)) / sqrt(diag(vcov(g))) - 1)), 2) else "not given"))))
  }
}
gee_case("independence"); gee_case("exchangeable")
m <- glm(cbind(y, n - y) ~ treat + highVolume, binomial, sw, control = list(epsilon = 1e-14))
add("stepped wedge, CR0", "stepped-wedge.csv", list(formula = "cbind(y, n - y) ~ treat + highVolume", family = "binomial", method = "glm", cluster = "district", correction = "cr0"),
  c(table_of(coef(m), vcovCL(m, ~ district, type = "HC0", cadjust = FALSE)), list(source = paste("sandwich", packageVersion("sandwich")))))
# CR2 as clubSandwich has it (symmetric form, the model's variance as target), on the counts and on single 0/1 rows; the principal root written out.
cr2 <- function(name, data, m, cluster, ours, family) {
  V <- vcovCR(m, cluster = cluster, type = "CR2"); t <- coef_test(m, vcov = V, test = "Satterthwaite")
  add(name, data, list(formula = ours, family = family, method = "glm", cluster = "district", correction = "cr2"),
    c(table_of(coef(m), as.matrix(V)), list(degrees = as.list(setNames(t$df_Satt, names(coef(m)))), source = paste("clubSandwich", packageVersion("clubSandwich")))))
}
sw$p <- sw$y / sw$n
cr2("stepped wedge, CR2", "stepped-wedge.csv", glm(p ~ treat + highVolume, binomial, sw, weights = n, control = list(epsilon = 1e-14)), sw$district, "cbind(y, n - y) ~ treat + highVolume", "binomial")
write_data(rows[c("district", "treat", "highVolume", "success")], "visits.csv")
cr2("stepped wedge, visits, CR2", "visits.csv", glm(success ~ treat + highVolume, binomial, rows, control = list(epsilon = 1e-14)), rows$district, "success ~ treat + highVolume", "binomial")
cr2("stepped wedge, days, CR2", "stepped-wedge.csv", lm(days ~ factor(period) + treat, sw), sw$district, "days ~ factor(period) + treat", "gaussian")
W <- weights(m, "working"); X <- model.matrix(m); e <- residuals(m, "working"); B <- solve(crossprod(X * sqrt(W))); meat <- 0
for (k in 1:6) { i <- sw$district == k; Z <- X[i, ] * sqrt(W[i]); E <- eigen(diag(sum(i)) - Z %*% B %*% t(Z), symmetric = TRUE); A <- E$vectors %*% diag(ifelse(E$values > 1e-10, E$values, Inf)^-.5) %*% t(E$vectors); s <- t(Z) %*% A %*% (sqrt(W[i]) * e[i]); meat <- meat + s %*% t(s) }
add("stepped wedge, Kauermann-Carroll", "stepped-wedge.csv", list(formula = "cbind(y, n - y) ~ treat + highVolume", family = "binomial", method = "glm", cluster = "district", correction = "kc"),
  c(table_of(coef(m), B %*% meat %*% B), list(source = paste("principal root written out in references.R, R", getRversion()))))

tools <- c("lme4", "glmmTMB", "TMB", "lmerTest", "pbkrtest", "geepack", "sandwich", "clubSandwich", "numDeriv", "MASS")
writeLines(toJSON(list(R = as.character(getRversion()), packages = lapply(setNames(tools, tools), function(p) as.character(packageVersion(p))), cases = out), digits = NA, auto_unbox = TRUE, null = "null", pretty = TRUE), "expected.json")
