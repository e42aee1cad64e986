# Two-group tests in base R (and exactRankTests for exact p with ties). Run: Rscript comparison.R
suppressMessages({library(jsonlite); library(exactRankTests)})
set.seed(404); n <- 31
pre <- round(rnorm(n, 142, 14)); post <- round(pre - 5 + rnorm(n, 0, 11)); post[c(3, 20)] <- NA; g <- rep(c("A", "B"), c(13, 18))
d <- post - pre; tied <- round(c(2, 3, 3, 4, 1, 5, 2, 2, 6, 4, 3, 1)); tied2 <- c(4, 5, 3, 6, 6, 2, 7, 5, 4, 4)
t_ <- function(t) list(estimate=-diff(rev(unname(t$estimate)))[1], se=unname(t$stderr), statistic=unname(t$statistic), df=unname(t$parameter), p=t$p.value, lower=t$conf.int[1], upper=t$conf.int[2])
one <- function(t) { r <- t_(t); r$estimate <- unname(t$estimate)[1]; r }
two <- function(t) { r <- t_(t); r$estimate <- unname(t$estimate[1]-t$estimate[2]); r }
cmp <- function(a, b, f, ...) two(f(b, a, ...))
A <- d[g=="A"]; B <- d[g=="B"]
tests <- list(paired=one(t.test(post, pre, paired=TRUE)), welch=cmp(A, B, t.test), pooled=cmp(A, B, t.test, var.equal=TRUE), welch90=cmp(A, B, t.test, conf.level=.9))
w <- function(t) list(statistic=unname(t$statistic), p=t$p.value)
ok <- complete.cases(pre, post)
u1 <- c(1.1,2.3,0.4,5.6,3.3,8.1,2.9); u2 <- c(4.2,6.1,7.7,2.2,9.3,5.5)
ranks <- list(signed_normal=w(suppressWarnings(wilcox.test(post[ok], pre[ok], paired=TRUE, exact=FALSE))), mw_normal=w(suppressWarnings(wilcox.test(A, B, exact=FALSE))),
  mw_exact=w(wilcox.test(u1, u2)), signed_exact=w(wilcox.test(u1[1:6], u2, paired=TRUE)),
  mw_exact_ties=list(p=wilcox.exact(tied, tied2)$p.value), signed_exact_ties=list(p=wilcox.exact(tied2, tied[1:10], paired=TRUE)$p.value))
tab <- function(a, b, c, d) { m <- matrix(c(a, b, c, d), 2, byrow=TRUE); x <- suppressWarnings(chisq.test(m, correct=FALSE)); y <- suppressWarnings(chisq.test(m)); f <- fisher.test(m)
  list(cells=c(a, b, c, d), x2=unname(x$statistic), p=x$p.value, x2_yates=unname(y$statistic), p_yates=y$p.value, fisher=f$p.value, or=unname(f$estimate), lower=f$conf.int[1], upper=if (is.finite(f$conf.int[2])) f$conf.int[2] else NULL) }
tables <- list(tab(40, 12, 13, 7), tab(3, 17, 11, 9), tab(0, 9, 6, 14), tab(9, 0, 14, 6), tab(812, 4102, 977, 3765), tab(2, 2, 2, 2), tab(1, 30, 0, 25))
m <- matrix(c(12, 7, 3, 20, 18, 9), 2, byrow=TRUE); x <- chisq.test(m)
S <- array(c(14,6,22,37, 8,3,25,31, 19,13,16,24, 0,2,5,7), c(2,2,4)); mh <- mantelhaen.test(S, correct=FALSE); mhc <- mantelhaen.test(S)
tr <- prop.trend.test(c(9, 14, 27, 31), c(55, 60, 62, 57)); tr2 <- prop.trend.test(c(9, 14, 27, 31), c(55, 60, 62, 57), score=c(0, 1, 2, 5))
z <- c(4.1, 2.2, 9.7, 3.3, 3.3, 8.0, 5.9, 1.2, 7.4, 6.6)
q <- lapply(1:9, function(t) unname(quantile(z, c(0, .1, .25, .5, .72, .9, 1), type=t)))
tails <- list(normal=list(x=c(.5, 1.96, 5, 8.3, 30), p=2*pnorm(-c(.5, 1.96, 5, 8.3, 30))),
  t=list(x=c(.1, 2.5, 9, 40, 300), df=c(1, 4, 14, 3.7, 7), p=2*pt(-c(.1, 2.5, 9, 40, 300), c(1, 4, 14, 3.7, 7))),
  chisq=list(x=c(.01, 3.84, 25, 160, 700), df=c(1, 1, 4, 2, 9), p=pchisq(c(.01, 3.84, 25, 160, 700), c(1, 1, 4, 2, 9), lower=FALSE)),
  f=list(x=c(.3, 4, 30, 250), df1=c(2, 5, 17, 3), df2=c(10, 12, 90, 400), p=pf(c(.3, 4, 30, 250), c(2, 5, 17, 3), c(10, 12, 90, 400), lower=FALSE)),
  qt=list(p=c(.975, .9, .9995, .2, .999999), df=c(4, 1, 33.3, 7, 2), x=qt(c(.975, .9, .9995, .2, .999999), c(4, 1, 33.3, 7, 2))),
  qbeta=list(p=c(.025, .975, .001, .5, .025), a=c(1, 34, .5, 1200, 3), b=c(500, 107, 9, 3900, 2e6), x=qbeta(c(.025, .975, .001, .5, .025), c(1, 34, .5, 1200, 3), c(500, 107, 9, 3900, 2e6))))
write_json(list(made_by=R.version.string, exactRankTests=as.character(packageVersion("exactRankTests")), pre=pre, post=post, group=g, tied=tied, tied2=tied2, u1=u1, u2=u2, tests=tests, ranks=ranks, tables=tables,
  chisq_2x3=list(x2=unname(x$statistic), df=unname(x$parameter), p=x$p.value),
  mantel_haenszel=list(strata=lapply(1:4, function(k) as.vector(t(S[,,k]))), x2=unname(mh$statistic), p=mh$p.value, x2_corrected=unname(mhc$statistic), p_corrected=mhc$p.value, or=unname(mh$estimate), lower=mh$conf.int[1], upper=mh$conf.int[2]),
  trend=list(x2=unname(tr$statistic), p=tr$p.value, x2_scores=unname(tr2$statistic), p_scores=tr2$p.value), quantiles=list(values=z, probabilities=c(0, .1, .25, .5, .72, .9, 1), by_type=q), tails=tails), "comparison.json", auto_unbox=TRUE, digits=NA, pretty=FALSE, na="null")
