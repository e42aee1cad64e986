# Agreement, reliability and aggregation with psych and multilevel (Debian packages). Run: Rscript agreement.R
suppressMessages({library(psych); library(multilevel); library(jsonlite)})
set.seed(77)
# twelve facilities of 3 to 7 persons answering 5 items of 1 to 5
sizes <- c(6,6,5,7,3,6,4,6,5,6,7,6); g <- rep(seq_along(sizes), sizes); fe <- rnorm(12, 0, .5)[g]; pe <- rnorm(length(g), 0, .5)
Y <- sapply(1:5, function(j) pmin(5, pmax(1, round(3.4 + fe + pe + rnorm(1, 0, .2) + rnorm(length(g), 0, .8))))); M <- Y; M[cbind(sample(length(g), 9), sample(5, 9, TRUE))] <- NA
# thirty units rated by four raters on 1 to 6, some missing
u <- rnorm(30, 3.5, 1.1); R <- sapply(1:4, function(r) pmin(6, pmax(1, round(u + c(0, .4, -.3, .1)[r] + rnorm(30, 0, .7))))); Rm <- R; Rm[cbind(c(2, 9, 17), c(1, 3, 4))] <- NA
icc <- ICC(R, lmer=FALSE)$results
# kappa and its large-sample variance by the delta method with numerical derivatives (psych's weighted variance is not that of Fleiss, Cohen and Everitt)
kw <- function(p, w) { p <- matrix(p, nrow(w)); e <- sum(w*outer(rowSums(p), colSums(p))); (sum(w*p)-e)/(1-e) }
k <- function(x, w) { n <- sum(x); p <- as.vector(x)/n; h <- 1e-6; gr <- sapply(seq_along(p), function(i) { a <- p; b <- p; a[i] <- a[i]+h; b[i] <- b[i]-h; (kw(a, w)-kw(b, w))/(2*h) })
  list(kappa=kw(p, w), se=sqrt((sum(p*gr^2)-sum(p*gr)^2)/n)) }
d6 <- abs(outer(1:6, 1:6, "-")); 
T2 <- table(factor(R[,1], 1:6), factor(R[,2], 1:6))
a <- aov(rowMeans(Y) ~ factor(g)); s <- summary(a)[[1]]; al <- psych::alpha(as.data.frame(Y), check.keys=FALSE); alm <- psych::alpha(as.data.frame(M), check.keys=FALSE)
write_json(list(made_by=R.version.string, psych=as.character(packageVersion("psych")), multilevel=as.character(packageVersion("multilevel")),
  group=g, answers=Y, answers_missing=M, ratings=R, ratings_missing=Rm, table=unclass(T2),
  icc=list(type=icc$type, icc=icc$ICC, f=icc$F, df2=icc$df2, p=icc$p, lower=icc$`lower bound`, upper=icc$`upper bound`),
  kappa=c(k(T2, 1*(d6==0)), psych=suppressWarnings(cohen.kappa(T2))$kappa), kappa_quadratic=k(T2, 1-(d6/5)^2), kappa_linear=k(T2, 1-d6/5),
  rwgj=rwg.j(Y, g, ranvar=2)[,2], rwgj_slight=rwg.j(Y, g, ranvar=1.34)[,2], rwg1=rwg(Y[,1], g, ranvar=2)[,2], ad_mean=ad.m(Y, g)[,2], ad_median=ad.m(Y, g, type="median")[,2],
  icc1=ICC1(a), icc2=ICC2(a), msb=s[1,3], msw=s[2,3], f=s[1,4], p=s[1,5],
  alpha=list(raw=al$total$raw_alpha, std=al$total$std.alpha, r=al$total$average_r, dropped=al$alpha.drop$raw_alpha, feldt=unlist(al$feldt[c("lower.ci", "upper.ci")])), alpha_missing=list(raw=alm$total$raw_alpha, std=alm$total$std.alpha, dropped=alm$alpha.drop$raw_alpha)),
  "agreement.json", auto_unbox=TRUE, digits=NA, na="null", matrix="rowmajor")
