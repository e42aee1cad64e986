# Power of stepped-wedge designs by plain matrix algebra on individual means, independent of Escala. Run: Rscript power.R
library(jsonlite)
gls <- function(X, N, S, icc, cac=1, iac=0, decay=1, rt=0, eti=FALSE) {
  I <- nrow(X); T <- ncol(X); E <- if (eti) max(rowSums(X, na.rm=TRUE)) else 1
  info <- matrix(0, T+E, T+E)
  for (i in 1:I) {
    k <- which(!is.na(X[i,])); V <- matrix(0, T, T)
    for (a in k) for (b in k) V[a,b] <- S*(icc*(if (a==b) 1 else cac*decay^abs(a-b)) + (1-icc)*(if (a==b) 1 else iac)/max(N[i,a],N[i,b]) + rt*X[i,a]*X[i,b])
    Z <- matrix(0, T, T+E); Z[cbind(1:T,1:T)] <- 1
    first <- which(is.na(X[i,]) | X[i,]==1)[1]
    for (t in k) if (X[i,t]==1) Z[t, T + (if (eti) t-first+1 else 1)] <- 1
    info <- info + t(Z[k,,drop=FALSE]) %*% solve(V[k,k]) %*% Z[k,,drop=FALSE]
  }
  keep <- diag(info) > 0; L <- c(rep(0,T), rep(1/E,E))[keep]
  drop(t(L) %*% solve(info[keep,keep]) %*% L)
}
wedge <- function(s, k, t, tr=0) { X <- matrix(0, s, t); for (i in 1:s) { X[i,(i+1):t] <- 1; if (tr>0) X[i,i+seq_len(tr)] <- NA }; X[rep(1:s, each=k),,drop=FALSE] }
pw <- function(d, v, df=Inf, a=.05) { se <- sqrt(v); q <- qt(1-a/2, df); pt(q-abs(d)/se, df, lower=FALSE) + pt(q+abs(d)/se, df, lower=FALSE) }
S <- .234*.766; Sm <- .2685*(1-.2685); d <- .069; X4 <- wedge(3,2,4); X5 <- wedge(3,2,5); n <- function(X, m=140) matrix(m, nrow(X), ncol(X))
sizes <- c(140,199,155,171,163,188); U <- matrix(sizes, 6, 4)
case <- function(name, v, df=Inf) list(name=name, variance=v, power=pw(d, v, df), df=if (is.finite(df)) df else NULL)
out <- list(case("protocol", gls(X4,n(X4),S,.2)), case("five periods, mean", gls(X5,n(X5),Sm,.2)), case("five periods, mean, t4", gls(X5,n(X5),Sm,.2), 4),
  case("t4", gls(X4,n(X4),S,.2), 4), case("decay .95", gls(X4,n(X4),S,.2,decay=.95)), case("decay .80", gls(X4,n(X4),S,.2,decay=.80)),
  case("random treatment .02", gls(X4,n(X4),S,.2,rt=.02)), case("unequal", gls(X4,U,S,.2)), case("unequal cac .8 iac .3", gls(X4,U,S,.2,cac=.8,iac=.3)),
  case("transition 1, five periods, cac .9", gls(wedge(3,2,5,1),n(X5),S,.2,cac=.9)), case("exposure-time average", gls(X4,n(X4),S,.2,eti=TRUE)),
  case("exposure-time average, five periods, decay .9", gls(X5,n(X5),S,.2,decay=.9,eti=TRUE)))
write_json(list(made_by=R.version.string, sizes=sizes, cases=out), "power.json", auto_unbox=TRUE, digits=NA, pretty=TRUE)
