"""The engines that move posts between the forums and the library."""
