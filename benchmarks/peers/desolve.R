# deSolve: lsoda with a right-hand side in C and dose events, one call a subject.
suppressPackageStartupMessages(library(deSolve))
folder <- commandArgs(trailingOnly = TRUE)[1]
doubles <- function(name) readBin(file.path(folder, name), "double", 1e8)
parameters <- matrix(doubles("parameters.bin"), ncol = 15, byrow = TRUE)
doses <- doubles("doses.bin")
times <- doubles("times.bin")
began <- proc.time()[["elapsed"]]
code <- '
static double p[15];
void start_parms(void (*read)(int *, double *)) { int n = 15; read(&n, p); }
void rates(int *n, double *t, double *y, double *dy, double *out, int *more) {
  double ka=p[0], V=p[1], CL=p[2], kint=p[3], Kd=p[4], kR=p[5], Rmax=p[6], EC50R=p[7], kprol=p[8], Emax=p[9], EC50=p[10],
         Tmax=p[11], ktr=p[12], T0=p[13], kout=p[14], c=y[1], cells=y[4];
  dy[0] = -ka*y[0];
  dy[1] = ka*y[0]/V - CL/V*c - kint*y[2]*cells*c/(Kd+c);
  dy[2] = kR*(1+Rmax*c/(EC50R+c)) - kR*y[2];
  dy[3] = kprol*Emax*c/(EC50+c)*cells/(1+cells/Tmax) - ktr*y[3];
  dy[4] = kout*T0 + 2*ktr*y[3] - kout*cells;
}'
source <- file.path(folder, "desolve_rates.c")
writeLines(code, source)
invisible(system2(file.path(R.home("bin"), "R"), c("CMD", "SHLIB", source), stdout = TRUE, stderr = TRUE))
dyn.load(sub("\\.c$", .Platform$dynlib.ext, source))
events <- data.frame(var = "depot", time = doses, value = 500, method = "add")
one <- function(values, rtol) {
  y <- c(depot = 0, C = 0, R = 1, P = 0, T = values[14])
  names(y) <- c("depot", "C", "R", "P", "T")
  ode(y, times, "rates", values, method = "lsoda", dllname = "desolve_rates", initfunc = "start_parms", rtol = rtol,
      atol = rtol / 100, maxsteps = 100000, events = list(data = events))[, -1]
}
invisible(one(parameters[1, ], 1e-6))
cat(proc.time()[["elapsed"]] - began, "\n")
flush(stdout())
input <- file("stdin", "r")
while (length(line <- readLines(input, 1)) > 0) {
  asked <- as.numeric(strsplit(line, " ")[[1]])
  began <- proc.time()[["elapsed"]]
  found <- lapply(seq_len(asked[1]), function(i) one(parameters[i, ], asked[2]))
  spent <- proc.time()[["elapsed"]] - began
  target <- file(file.path(folder, "out.bin"), "wb")
  for (values in found) writeBin(as.vector(t(values)), target)
  close(target)
  cat(spent, "\n")
  flush(stdout())
}
