"""Agreement on where passages lie: segments and the unitizing family of alpha."""
