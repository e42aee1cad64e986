# The base case of samples/models/saia-htn.yaml in plain R, written from the file's words and from docs/methods, not from Escala's code: WHO 2019
# without laboratory, the hazard of an ageing cohort, other-cause mortality, joint exits, trapezoid, yearly steps. Rscript saia-htn.R in this folder.
pack <- function(name) read.csv(file.path("../../../src/Escala.Economics/Packs", paste0(name, ".csv")), comment.char = "#")
regions <- pack("who-cvd-2019-regions"); deaths <- pack("life-table-mozambique-2020-2025"); left <- pack("life-expectancy-gbd-2019")
beta <- list( # age, bmi, sbp, smoker, age x bmi, age x sbp, age x smoker, survival
  male = list(chd = c(0.073593, 0.0337219, 0.0133937, 0.5954767, -0.0010432, -0.0001837, -0.0200831, 0.9544258), stroke = c(0.097674, 0.0159518, 0.0227294, 0.4999862, -0.0003516, -0.0004374, -0.0153895, 0.984826)),
  female = list(chd = c(0.1049418, 0.0257616, 0.016726, 1.093132, -0.0006537, -0.0001966, -0.0343739, 0.9887124), stroke = c(0.1046105, 0.0036406, 0.0216741, 0.7399405, -0.0000129, -0.0005311, -0.0203997, 0.9885706)))
who <- function(endpoint, sex, age, sbp, bmi, smoker) {
  b <- beta[[sex]][[endpoint]]; a <- age - 60; m <- bmi - 25; p <- sbp - 120
  p0 <- 1 - b[8]^exp(b[1] * a + b[2] * m + b[3] * p + b[4] * smoker + b[5] * a * m + b[6] * a * p + b[7] * a * smoker)
  r <- regions[regions$model == "non-laboratory" & regions$region == "Eastern Sub-Saharan Africa" & regions$sex == sex, ]
  1 - exp(-exp(r[[paste0(endpoint, "_constant")]] + r[[paste0(endpoint, "_slope")]] * log(-log(1 - p0))))
}
cycles <- 120; d <- 1 / 12
rising <- function(endpoint, sex, age, sbp, bmi, smoker) {
  flat <- -log(1 - who(endpoint, sex, age + 0:11, sbp, bmi, smoker))
  shape <- approx(0:11, flat, (0:120 + 0.5) * d)$y
  shape * flat[1] / (sum(shape[1:120]) * d)
}
control_now <- 0.234; spread <- 20; fall <- spread * (qnorm(control_now + 0.069) - qnorm(control_now)); sbp_now <- 140 - spread * qnorm(control_now)
bmi <- 24.5; smoking <- c(female = 0.034, male = 0.273); hr_cvd <- 1.47; hr_death <- 1.5; hr_mi <- 2; f_mi <- 0.35; f_st <- 0.496; r_mi <- 0.06; r_st <- 0.09
dw_mi <- 0.041; acute <- (2 * 0.432 + 26 * 0.074) / 365.25; dw_st <- 0.356 * 0.019 + 0.644 * (0.6 * 0.070 + 0.4 * 0.552)
training <- 3 * 3000; patients <- 340 / 0.5; district <- 3 * 12 * 330
annuity <- training * 0.03 / (1 - 1.03^-5)
discount <- function(t) 1.03^-floor(t + 1e-9); row_weight <- c(0.5, rep(1, cycles - 1), 0.5) * d
groups <- list(list(w = 0.35, sex = "female", age = 45), list(w = 0.25, sex = "female", age = 58), list(w = 0.22, sex = "male", age = 45), list(w = 0.18, sex = "male", age = 58))
run <- function(programme) {
  sbp <- sbp_now - programme * fall * 0.65; total <- 0
  for (g in groups) {
    smokers <- smoking[[g$sex]]
    mix <- function(e) hr_cvd * ((1 - smokers) * rising(e, g$sex, g$age, sbp, bmi, 0) + smokers * rising(e, g$sex, g$age, sbp, bmi, 1))
    chd <- mix("chd"); stroke <- mix("stroke")
    modelled <- f_mi * rising("chd", g$sex, g$age, 134.6, bmi, 0) + f_st * rising("stroke", g$sex, g$age, 134.6, bmi, 0)
    age <- g$age + 0:cycles * d
    other <- (deaths[[g$sex]][findInterval(age + 1e-9, deaths$age)] - modelled) * hr_death
    r <- log(1.03); L <- approx(left$age, left$years, age)$y; lost <- (1 - exp(-r * L)) / r
    x <- matrix(0, cycles + 1, 5); x[1, 1] <- 1; s <- c(programme = 0, treatment = 0, acute = 0, after = 0, time = 0, unpaid = 0, daly = 0, years = 0, events = 0, deaths = 0)
    for (k in 1:(cycles + 1)) {
      alive <- sum(x[k, 1:3]); w <- row_weight[k] * discount((k - 1) * d)
      s <- s + w * c(programme * alive * (annuity + district) / patients, alive * (0.5 + 0.15 * programme) * 31, 0, (x[k, 2] + x[k, 3]) * 85, alive * 1.8 * (2 + programme), x[k, 3] * 140,
                     x[k, 2] * dw_mi + x[k, 3] * dw_st, alive, 0, 0)
      if (k > cycles) break
      R <- matrix(0, 5, 5)
      R[1, 2:5] <- c(chd[k] * (1 - f_mi), stroke[k] * (1 - f_st), chd[k] * f_mi + stroke[k] * f_st, other[k])
      R[2, 3:5] <- c(stroke[k] * hr_mi * (1 - f_st), r_mi + stroke[k] * hr_mi * f_st, other[k]); R[3, 4:5] <- c(r_st, other[k])
      P <- diag(5); for (i in 1:3) { t <- sum(R[i, ]); P[i, ] <- (1 - exp(-t * d)) * R[i, ] / t; P[i, i] <- 1 - sum(P[i, ]) }
      flow <- x[k, ] * P; v <- discount((k - 0.5) * d); dead <- sum(flow[1:3, 4:5])
      s <- s + c(0, 0, v * (flow[1, 2] * 420 + (flow[1, 3] + flow[2, 3]) * 726), 0, 0, 0, v * (flow[1, 2] * acute + dead * lost[k]), 0, sum(flow[1, 2:4]), dead)
      x[k + 1, ] <- x[k, ] %*% P
    }
    total <- total + g$w * s
  }
  total
}
json <- function(v) paste0("{", paste0("\"", c("cost.programme", "cost.treatment", "cost.acute", "cost.after", "cost.patient_time", "cost.unpaid_care", "daly", "life_years", "cardiovascular_events", "deaths"), "\": ", sprintf("%.15g", v), collapse = ", "), "}")
writeLines(paste0("{\"tool\": \"", R.version.string, "\",\n\"usual\": ", json(run(0)), ",\n\"saia\": ", json(run(1)), "}"), "saia-htn.json")
