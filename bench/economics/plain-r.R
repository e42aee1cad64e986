# The plain way in R: one matrix per draw and strategy, a loop over cycles. 500 draws, scaled to 10,000. Run: Rscript bench/economics/plain-r.R
set.seed(1)
draws <- 500; cycles <- 120
w <- c(0.5, rep(1, cycles - 1), 0.5) / 12 * 1.03^-floor((0:cycles) / 12 + 1e-9)
time <- system.time({
  cost <- daly <- matrix(0, draws, 3)
  for (i in seq_len(draws)) {
    r <- rgamma(3, c(25, 28.4, 56.25), scale = c(0.00024, 0.000281, 0.000267))
    hr <- c(1, exp(rnorm(2, log(c(0.85, 0.8)), c(0.072, 0.098))))
    for (s in 1:3) {
      rate <- matrix(0, 4, 4)
      rate[1, 2:4] <- c(r[1:2] * hr[s], r[3]); rate[2, 3:4] <- c(r[2] * hr[s], r[3] * 2.5); rate[3, 4] <- r[3] * 3
      P <- matrix(0, 4, 4)
      for (k in 1:4) { total <- sum(rate[k, ]); if (total > 0) P[k, ] <- (1 - exp(-total / 12)) * rate[k, ] / total }
      diag(P) <- 1 - rowSums(P)
      M <- matrix(0, cycles + 1, 4); M[1, 1] <- 1
      for (t in 1:cycles) M[t + 1, ] <- M[t, ] %*% P
      cost[i, s] <- sum(w * (M %*% c(12 + 10 * (s - 1), 92, 92, 0))); daly[i, s] <- sum(w * (M %*% c(0, 0.05, 0.2, 1)))
    }
  }
})
cat(sprintf("plain R, scaled to 10,000 draws x 3 x 120: %.0f ms processor, %.0f ms elapsed\n", 1e3 * (time[["user.self"]] + time[["sys.self"]]) * 10000 / draws, 1e3 * time[["elapsed"]] * 10000 / draws))
