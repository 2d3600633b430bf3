"""regimens: compare low-dose interleukin-2 schedules, exact exposure first."""
