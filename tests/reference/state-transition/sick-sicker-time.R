# Sick-Sicker with mortality by age (and progression by time in state), by plain matrix products.
# Run: Rscript sick-sicker-time.R <mortality.csv> > sick-sicker-time.json ; R 4.2.2
mu <- read.csv(commandArgs(TRUE)[1])$mx_total[1:75]
n <- 75; d <- 1.03^-(0:n)
w <- c(1/3, ifelse((1:(n - 1)) %% 2 == 0, 4/3, 2/3), 1/3)   # the tutorial's weights
p <- function(r) 1 - exp(-r)
run <- function(A, B, residence) {
  slots <- if (residence) n else 1
  S <- 1 + slots + 2; s1 <- 2:(1 + slots); s2 <- S - 1; D <- S
  tau <- seq_len(slots) - 1
  r12 <- if (residence) ((tau + 1) * 0.08)^1.1 - (tau * 0.08)^1.1 else 0.105
  p12 <- p(r12 * if (B) 0.6 else 1)
  x <- c(1, rep(0, S - 1))
  cost <- c(2000, rep(4000 + A * 12000 + B * 13000, slots), 15000 + A * 12000 + B * 13000, 0)
  u <- c(1, rep(if (A) 0.95 else 0.75, slots), 0.5, 0)
  C <- sum(x * cost) * w[1]; Q <- sum(x * u) * w[1]
  for (t in 1:n) {
    h <- p(mu[t]); h1 <- p(3 * mu[t]); h2 <- p(10 * mu[t])
    P <- matrix(0, S, S)
    P[1, D] <- h; P[1, 2] <- (1 - h) * p(0.15); P[1, 1] <- 1 - h - P[1, 2]
    for (i in seq_len(slots)) {
      s <- 1 + i
      P[s, D] <- h1; P[s, 1] <- (1 - h1) * p(0.5); P[s, s2] <- (1 - h1) * p12[i]
      stay <- 1 - h1 - P[s, 1] - P[s, s2]
      to <- if (i < slots) s + 1 else s
      P[s, to] <- P[s, to] + stay
    }
    P[s2, D] <- h2; P[s2, s2] <- 1 - h2; P[D, D] <- 1
    sick <- x[1] * P[1, 2]; dying <- sum(x[-D] * P[-D, D])
    x <- as.vector(x %*% P)
    C <- C + w[t + 1] * d[t + 1] * (sum(x * cost) + 1000 * sick + 2000 * dying)
    Q <- Q + w[t + 1] * d[t + 1] * (sum(x * u) - 0.01 * sick)
  }
  c(C, Q)
}
out <- c()
for (residence in c(FALSE, TRUE)) for (s in list(c("SoC", 0, 0), c("A", 1, 0), c("B", 0, 1), c("AB", 1, 1))) {
  v <- run(as.numeric(s[2]), as.numeric(s[3]), residence)
  out <- c(out, sprintf('{"residence": %s, "strategy": "%s", "cost": %.15g, "qaly": %.15g}', tolower(residence), s[1], v[1], v[2]))
}
cat("[", paste(out, collapse = ",\n "), "]\n")
